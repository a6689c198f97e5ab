// A strict reader of OpenMetrics text 1.0, for what our page promises: each family has its type and help in front of
// its samples, is written once and in one piece; samples are named as their type demands and none comes twice; units
// stand at the end of names; the page is ended. Stricter than the standard where we are. And the names that a dashboard
// uses.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace stirline::test {

struct MetricFamily {
  std::string type;
  std::string unit;
  std::string help;                            // as it was before it was escaped
  std::map<std::string, std::string> samples;  // by what stands in the braces: the value; of histograms with the
                                               // suffix of the sample's name before it
};

using MetricPage = std::map<std::string, MetricFamily>;

// What `text` was before it was escaped; nothing if it is not well escaped.
inline std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' || text[i] == '\n') {
      return std::nullopt;
    }
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size() || std::string_view("\\\"n").find(text[i]) == std::string_view::npos) {
      return std::nullopt;
    }
    out += text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

// Of a histogram: for each set of labels the buckets rise in bound and count and end with +Inf, which says the same as
// _count; there is a _sum.
inline bool is_whole_histogram(const std::vector<std::pair<std::string, std::string>>& lines) {
  static const std::regex kBound("(?:(.*),)?le=\"([^\"]*)\"");
  struct Series {
    double bound = -1;
    std::uint64_t within = 0;
    bool ended = false;
    std::string count;
    bool has_sum = false;
  };
  std::map<std::string, Series> all;
  for (const auto& [place, value] : lines) {
    std::smatch parts;
    const std::size_t suffix_end = place.find('|');
    const std::string suffix = place.substr(0, suffix_end);
    const std::string labels = place.substr(suffix_end + 1);
    if (suffix == "_bucket") {
      if (!std::regex_match(labels, parts, kBound)) {
        return false;
      }
      Series& series = all[parts[1]];
      const double bound = parts[2] == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(parts[2]);
      const std::uint64_t within = std::stoull(value);
      if (series.ended || bound <= series.bound || within < series.within) {
        return false;
      }
      series = {bound, within, std::isinf(bound), series.count, series.has_sum};
    } else if (suffix == "_count") {
      all[labels].count = value;
    } else {
      all[labels].has_sum = true;
    }
  }
  return std::ranges::all_of(all, [](const auto& named) {
    const Series& series = named.second;
    return series.ended && series.has_sum && series.count == std::to_string(series.within);
  });
}

// The page, or the line that is wrong and why.
inline std::expected<MetricPage, std::string> read_open_metrics(std::string_view page) {
  static const std::regex kMeta("# (TYPE|UNIT|HELP) ([a-zA-Z_][a-zA-Z0-9_]*) ([^\\n]+)");
  static const std::regex kSample("([a-zA-Z_][a-zA-Z0-9_]*)(?:\\{(.*)\\})? (-?[0-9]+(?:\\.[0-9]+)?)");
  static const std::regex kLabel("^([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"(,(?=.)|$)");
  static const std::map<std::string, std::string> kSuffixes{
      {"counter", "_total"}, {"gauge", ""}, {"info", "_info"}, {"histogram", ""}};
  static const std::set<std::string> kHistogramSuffixes{"_bucket", "_count", "_sum"};
  constexpr std::string_view kEnd = "# EOF\n";
  if (!page.ends_with(kEnd)) {
    return std::unexpected("the page is not ended");
  }
  page.remove_suffix(kEnd.size());
  MetricPage families;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> histograms;  // lines in their order
  std::string current;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    if (end == std::string_view::npos) {
      return std::unexpected("a line without end");
    }
    const std::string line(page.substr(0, end));
    page.remove_prefix(end + 1);
    const auto wrong = [&](const std::string& why) { return std::unexpected(why + ": " + line); };
    std::smatch parts;
    if (std::regex_match(line, parts, kMeta)) {
      const std::string kind = parts[1];
      const std::string name = parts[2];
      const std::string text = parts[3];
      if (kind == "TYPE") {
        if (!kSuffixes.contains(text) || !families.try_emplace(name).second) {
          return wrong("an unknown type, or a family in two pieces");
        }
        current = name;
        families[name].type = text;
        continue;
      }
      MetricFamily& family = families[current];
      std::string& into = kind == "UNIT" ? family.unit : family.help;
      if (name != current || !family.samples.empty() || !into.empty()) {
        return wrong("out of its place");
      }
      const auto plain = unescape(text);
      if (!plain || (kind == "UNIT" && (!name.ends_with("_" + text) || family.type == "info"))) {
        return wrong("badly escaped, or a unit that the name does not have");
      }
      into = *plain;
      continue;
    }
    if (!std::regex_match(line, parts, kSample) || current.empty()) {
      return wrong("neither metadata nor sample");
    }
    MetricFamily& family = families[current];
    const std::string name = parts[1];
    const bool is_histogram = family.type == "histogram";
    const std::string suffix = name.starts_with(current) ? name.substr(current.size()) : "?";
    if ((is_histogram ? !kHistogramSuffixes.contains(suffix) : suffix != kSuffixes.at(family.type)) ||
        family.help.empty()) {
      return wrong("a sample of another name, or without help");
    }
    std::set<std::string> labels;
    std::smatch label;
    for (std::string rest = parts[2]; !rest.empty(); rest = label.suffix()) {
      if (!std::regex_search(rest, label, kLabel) || !labels.insert(label[1]).second) {
        return wrong("bad labels");
      }
    }
    const std::string value = parts[3];
    const bool fraction = value.contains('.');
    const std::string place = (is_histogram ? suffix + "|" : "") + parts[2].str();
    if (((family.type == "counter" || is_histogram) && value.starts_with('-')) ||
        (family.type == "info" && value != "1") || (fraction && suffix != "_sum") ||
        !family.samples.emplace(place, value).second) {
      return wrong("a bad value, or the sample comes twice");
    }
    if (is_histogram) {
      histograms[current].emplace_back(place, value);
    }
  }
  for (const auto& [name, family] : families) {
    if (family.samples.empty()) {
      return std::unexpected("a family without samples: " + name);
    }
    if (family.type == "histogram" && !is_whole_histogram(histograms.at(name))) {
      return std::unexpected("a histogram with wrong buckets, or without sum: " + name);
    }
    if (name.ends_with("_total") || name.ends_with("_info")) {
      return std::unexpected("a family named as a sample: " + name);
    }
  }
  return families;
}

// The names of its samples.
inline std::set<std::string> sample_names(const MetricPage& page) {
  std::set<std::string> names;
  for (const auto& [name, family] : page) {
    if (family.type == "histogram") {
      names.insert({name + "_bucket", name + "_count", name + "_sum"});
      continue;
    }
    names.insert(name + (family.type == "counter" ? "_total" : family.type == "info" ? "_info" : ""));
  }
  return names;
}

// Every metric that a Grafana dashboard names and whose name begins so.
inline std::set<std::string> dashboard_names(const std::string& file, const std::string& prefix) {
  std::set<std::string> names;
  const std::regex name_rule("\\b" + prefix + "[a-zA-Z0-9_]*");
  std::ifstream in(file);
  const std::string text = nlohmann::json::parse(in).dump();
  for (std::sregex_iterator at(text.begin(), text.end(), name_rule); at != std::sregex_iterator(); ++at) {
    names.insert(at->str());
  }
  return names;
}

// The whole numbers and truths of a document, as JSON pointers.
inline std::set<std::string> figures_of(const nlohmann::ordered_json& document) {
  std::set<std::string> pointers;
  const nlohmann::ordered_json flat = document.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (value.is_number_integer() || value.is_boolean()) {
      pointers.insert(pointer);
    }
  }
  return pointers;
}

// `document` with another value at `pointer`.
inline nlohmann::ordered_json changed_at(nlohmann::ordered_json document, const std::string& pointer) {
  auto& value = document.at(nlohmann::ordered_json::json_pointer(pointer));
  value = value.is_boolean() ? nlohmann::ordered_json(!value.get<bool>()) : nlohmann::ordered_json(987'654'321'012U);
  return document;
}

}  // namespace stirline::test
