// OpenMetrics text 1.0, written family by family. What would make the page invalid (a name that is none, a family or a
// sample that is there already) is left out and counted: one odd figure never costs the others. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace stirline::control {

inline constexpr std::string_view kOpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

enum class MetricType : std::uint8_t { counter, gauge, info, histogram };

struct Metric {
  std::string_view name;  // of the family: without _total and _info
  MetricType type = MetricType::gauge;
  std::string_view unit;  // empty, or what the name ends with
  std::string_view help;
};

struct Label {
  std::string_view name;
  std::string_view value;  // UTF-8
};

class Exposition {
 public:
  // Begins a family: the samples behind it are its own, until the next. A family without samples is not written.
  void begin(const Metric& metric);

  // Whole numbers as they are, true and false as 1 and 0; anything else is left out.
  void sample(std::span<const Label> labels, const nlohmann::ordered_json& value);
  // Of the family that was begun last.
  void sample(const nlohmann::ordered_json& value) { sample({}, value); }

  // Of a family of type histogram: what lies within each bound, the last without one; `counts` are those of one bucket
  // each, not summed up, one more than bounds. The bounds rise.
  struct Histogram {
    std::span<const std::uint64_t> bounds_ns;
    std::span<const std::uint64_t> counts;
    std::uint64_t sum_ns = 0;
  };
  void sample(std::span<const Label> labels, const Histogram& histogram);

  [[nodiscard]] std::size_t left_out() const { return left_out_; }

  // The page, ended. Nothing may be added behind it.
  [[nodiscard]] std::string finish() &&;

 private:
  // False: such a sample must not stand on the page. `written` becomes the labels as they stand there.
  [[nodiscard]] bool take_place(std::span<const Label> labels, std::string& written);

  std::string text_;
  std::string head_;  // of the family begun, until its first sample
  std::string sample_name_;
  MetricType type_ = MetricType::gauge;  // of the family begun
  bool counts_up_ = false;               // its samples are never negative
  bool valid_ = false;                   // there is a family that takes samples
  std::size_t left_out_ = 0;
  std::set<std::string, std::less<>> families_;
  std::set<std::string, std::less<>> samples_;  // of the family begun: their labels
};

// [a-zA-Z_][a-zA-Z0-9_]*, for metrics and labels alike: OpenMetrics' names without the colon, which is not for
// programs.
[[nodiscard]] bool is_metric_name(std::string_view name);

// Name and unit as the name of a family, which must end with the unit: ("signed", "calls") → "signed_calls",
// ("messages", "messages") → "messages".
[[nodiscard]] std::string with_unit(std::string_view name, std::string_view unit);

// Nanoseconds in seconds, exactly: 128 → "0.000000128", 2,000,000,000 → "2.0".
[[nodiscard]] std::string seconds_text(std::uint64_t ns);

}  // namespace stirline::control
