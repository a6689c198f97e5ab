#include "control/metrics/exposition.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
    case MetricType::histogram:
      return {"histogram", ""};  // its samples have suffixes of their own
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
constexpr std::array<std::string_view, 6> kSuffixes{"_total", "_info", "_created", "_bucket", "_count", "_sum"};

bool ends_with_unit(std::string_view name, std::string_view unit) {
  return name == unit ||
         (name.size() > unit.size() && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_');
}

}  // namespace

std::string seconds_text(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  std::string text = fmt::format("{}.{:09}", ns / kSecond, ns % kSecond);
  const std::size_t point = text.size() - 10;
  text.resize(std::max(text.find_last_not_of('0') + 1, point + 2));
  return text;
}

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
  type_ = metric.type;
  counts_up_ = metric.type == MetricType::counter;
  head_ = fmt::format("# TYPE {} {}\n", metric.name, type.name);
  if (!metric.unit.empty()) {
    head_ += fmt::format("# UNIT {} {}\n", metric.name, metric.unit);
  }
  head_ += fmt::format("# HELP {} {}\n", metric.name, escaped(metric.help));
}

bool Exposition::take_place(std::span<const Label> labels, std::string& written) {
  for (const Label& label : labels) {
    written += fmt::format("{}{}=\"{}\"", written.empty() ? "" : ",", label.name, escaped(label.value));
  }
  const bool names_good = std::ranges::all_of(labels, [](const Label& label) { return is_metric_name(label.name); });
  return valid_ && names_good && samples_.insert(written).second;
}

void Exposition::sample(std::span<const Label> labels, const nlohmann::ordered_json& value) {
  const bool is_number = value.is_number_integer() || value.is_boolean();
  const bool below_zero = value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
  std::string written;
  if (type_ == MetricType::histogram || !is_number || (counts_up_ && below_zero) || !take_place(labels, written)) {
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

void Exposition::sample(std::span<const Label> labels, const Histogram& histogram) {
  const bool rising =
      std::ranges::adjacent_find(histogram.bounds_ns, std::greater_equal()) == histogram.bounds_ns.end();
  const bool bound = std::ranges::any_of(labels, [](const Label& label) { return label.name == "le"; });
  std::string written;
  if (type_ != MetricType::histogram || histogram.counts.size() != histogram.bounds_ns.size() + 1 || !rising || bound ||
      !take_place(labels, written)) {
    ++left_out_;
    return;
  }
  text_ += std::exchange(head_, {});
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    within += histogram.counts[i];
    text_ += fmt::format("{}_bucket{{{}{}le=\"{}\"}} {}\n", sample_name_, written, written.empty() ? "" : ",",
                         i < histogram.bounds_ns.size() ? seconds_text(histogram.bounds_ns[i]) : "+Inf", within);
  }
  const std::string braces = written.empty() ? "" : fmt::format("{{{}}}", written);
  text_ +=
      fmt::format("{0}_count{1} {2}\n{0}_sum{1} {3}\n", sample_name_, braces, within, seconds_text(histogram.sum_ns));
}

std::string Exposition::finish() && {
  return std::move(text_) + "# EOF\n";
}

}  // namespace stirline::control
