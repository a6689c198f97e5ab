// What makes a caller suspect, and how much: thresholds and weights of the statistics component (SPIT-CL-14,
// SPIT-FW-01). Control reads them from its configuration and lays them out for the data plane.
//
// Plain data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::config::policy {

// Whose behaviour is counted.
enum class SubjectKind : std::uint8_t {
  caller,  // an identity that has been shown; a number that is only claimed is one subject for each trunk
  signer,  // by the service provider code of its certificate
  trunk,
  prefix,  // all numbers that differ in their last four digits; claimed ones for each trunk, as above
};
inline constexpr std::size_t kStatisticsSubjects = static_cast<std::size_t>(SubjectKind::prefix) + 1;
[[nodiscard]] std::string_view to_string(SubjectKind kind);

// All rise with what is suspect. Shares are percent, of at least ScoreSettings::least_calls calls: few calls make no
// pattern. Numbers and rates are what is left of them after decay.
enum class Feature : std::uint8_t {
  rate,         // calls an hour
  fan_out,      // different numbers called
  distinct,     // different numbers called, percent of calls
  unanswered,   // percent of calls that have ended or were answered
  short_calls,  // answered ones that ended within short_seconds, percent of answered calls
  unallocated,  // called numbers that nobody has, percent of calls that have ended or were answered
  sequential,   // called numbers close to the one before, percent of calls
  neighbour,    // a claimed number that differs from the called one in the last four digits alone, percent of calls
  unattested,   // not signed with attestation A, percent of calls
  failed,       // signatures that are wrong, percent of calls
  night,        // between night_from and night_to, percent of calls
  complaints,   // of called users (607), weighted, percent of calls
};
inline constexpr std::size_t kFeatures = static_cast<std::size_t>(Feature::complaints) + 1;
[[nodiscard]] std::string_view to_string(Feature feature);  // "short_calls"
[[nodiscard]] std::string_view unit_of(Feature feature);    // "%", "calls/h"

// Does the feature say anything about such a subject? How much a carrier's trunk sends in an hour says nothing.
[[nodiscard]] constexpr bool applies(Feature feature, SubjectKind kind) {
  switch (feature) {
    case Feature::rate:
    case Feature::fan_out:
    case Feature::distinct:
    case Feature::sequential:
    case Feature::complaints:
      return kind == SubjectKind::caller;
    default:
      return true;
  }
}

inline constexpr std::uint32_t kMinutesOfDay = 24 * 60;

struct FeatureSettings {
  std::uint32_t threshold = 0;  // below it there are no points
  std::uint32_t full = 100;     // from here on there are `weight` points, in between a part of them; above threshold
  std::uint32_t weight = 0;     // points, 0 to 100

  friend bool operator==(const FeatureSettings&, const FeatureSettings&) = default;
};

struct ScoreSettings {
  std::array<FeatureSettings, kFeatures> features{{
      {.threshold = 30, .full = 120, .weight = 20},  // rate
      {.threshold = 40, .full = 200, .weight = 15},  // fan_out
      {.threshold = 70, .full = 95, .weight = 15},   // distinct
      {.threshold = 55, .full = 90, .weight = 15},   // unanswered
      {.threshold = 30, .full = 80, .weight = 20},   // short_calls
      {.threshold = 5, .full = 25, .weight = 20},    // unallocated
      {.threshold = 10, .full = 60, .weight = 25},   // sequential
      {.threshold = 5, .full = 20, .weight = 30},    // neighbour
      {.threshold = 50, .full = 100, .weight = 10},  // unattested
      {.threshold = 5, .full = 50, .weight = 20},    // failed
      {.threshold = 30, .full = 90, .weight = 5},    // night
      {.threshold = 6, .full = 30, .weight = 30},    // complaints
  }};
  // How much of each subject's score counts for a call, percent: an honest caller does not answer for his carrier.
  std::array<std::uint32_t, kStatisticsSubjects> shares{100, 50, 30, 50};
  std::uint32_t half_life_minutes = 120;  // until what has been counted is worth half; 1 to 43,200
  std::uint32_t least_calls = 15;         // 1 to 1,000
  std::uint32_t short_seconds = 10;       // 1 to 300
  std::uint32_t night_from = 21 * 60;     // minutes of the day in UTC; equal to night_to: there is no night
  std::uint32_t night_to = 8 * 60;

  [[nodiscard]] const FeatureSettings& feature(Feature feature) const {
    return features[static_cast<std::size_t>(feature)];
  }
  friend bool operator==(const ScoreSettings&, const ScoreSettings&) = default;
};

// Can they be used: is everything within its bounds? Empty, or what is wrong.
[[nodiscard]] std::string_view mistake_in(const ScoreSettings& settings);

}  // namespace stirline::config::policy
