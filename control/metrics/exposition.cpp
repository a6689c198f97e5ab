#include "control/metrics/exposition.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace stirline::control {

namespace {

struct TypeFacts {
  std::string_view name;
  std::string_view suffix;  // of its samples
};

TypeFacts facts(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return {"counter", "_total"};
    case MetricType::info:
      return {"info", "_info"};
    case MetricType::gauge:
      break;
  }
  return {"gauge", ""};
}

// Help and label values share one way to escape.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// What stands behind the name of a family in some sample: a family that ends so could be taken for a sample of another.
constexpr std::array<std::string_view, 3> kSuffixes{"_total", "_info", "_created"};

bool ends_with_unit(std::string_view name, std::string_view unit) {
  return name == unit ||
         (name.size() > unit.size() && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_');
}

}  // namespace

bool is_metric_name(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_other = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_other(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_other(c) || is_digit(c); });
}

std::string with_unit(std::string_view name, std::string_view unit) {
  return unit.empty() || ends_with_unit(name, unit) ? std::string(name) : fmt::format("{}_{}", name, unit);
}

void Exposition::begin(const Metric& metric) {
  const TypeFacts type = facts(metric.type);
  samples_.clear();
  const auto ends_name = [&](std::string_view suffix) { return metric.name.ends_with(suffix); };
  valid_ = is_metric_name(metric.name) && std::ranges::none_of(kSuffixes, ends_name) &&
           (metric.unit.empty() || ends_with_unit(metric.name, metric.unit)) && families_.emplace(metric.name).second;
  if (!valid_) {
    return;
  }
  sample_name_ = fmt::format("{}{}", metric.name, type.suffix);
  counts_up_ = metric.type == MetricType::counter;
  head_ = fmt::format("# TYPE {} {}\n", metric.name, type.name);
  if (!metric.unit.empty()) {
    head_ += fmt::format("# UNIT {} {}\n", metric.name, metric.unit);
  }
  head_ += fmt::format("# HELP {} {}\n", metric.name, escaped(metric.help));
}

void Exposition::sample(std::span<const Label> labels, const nlohmann::ordered_json& value) {
  std::string written;
  for (const Label& label : labels) {
    written += fmt::format("{}{}=\"{}\"", written.empty() ? "" : ",", label.name, escaped(label.value));
  }
  const bool is_number = value.is_number_integer() || value.is_boolean();
  const bool below_zero = value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
  const bool names_good = std::ranges::all_of(labels, [](const Label& label) { return is_metric_name(label.name); });
  if (!valid_ || !is_number || (counts_up_ && below_zero) || !names_good || !samples_.insert(written).second) {
    ++left_out_;
    return;
  }
  text_ += std::exchange(head_, {});
  text_ += sample_name_;
  if (!written.empty()) {
    text_ += fmt::format("{{{}}}", written);
  }
  text_ += value.is_boolean() ? (value.get<bool>() ? " 1\n" : " 0\n") : fmt::format(" {}\n", value.dump());
}

std::string Exposition::finish() && {
  return std::move(text_) + "# EOF\n";
}

}  // namespace stirline::control
