#include "config/policy/statistics/score_settings.hpp"

#include <algorithm>

namespace stirline::config::policy {
namespace {

struct FeatureRow {
  std::string_view name;
  std::string_view unit;
};
constexpr std::array<FeatureRow, kFeatures> kFeatureRows{{
    {"rate", "calls/h"},
    {"fan_out", "numbers"},
    {"distinct", "%"},
    {"unanswered", "%"},
    {"short_calls", "%"},
    {"unallocated", "%"},
    {"sequential", "%"},
    {"neighbour", "%"},
    {"unattested", "%"},
    {"failed", "%"},
    {"night", "%"},
    {"complaints", "%"},
}};

}  // namespace

std::string_view to_string(SubjectKind kind) {
  constexpr std::array<std::string_view, kStatisticsSubjects> kNames{"caller", "signer", "trunk", "prefix"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Feature feature) {
  return kFeatureRows[static_cast<std::size_t>(feature)].name;
}

std::string_view unit_of(Feature feature) {
  return kFeatureRows[static_cast<std::size_t>(feature)].unit;
}

std::string_view mistake_in(const ScoreSettings& settings) {
  const auto is_wrong = [](const FeatureSettings& feature) {
    return feature.full <= feature.threshold || feature.full > 1'000'000 || feature.weight > 100;
  };
  if (std::ranges::any_of(settings.features, is_wrong)) {
    return "a feature's full value is not above its threshold, or its weight above 100";
  }
  if (std::ranges::any_of(settings.shares, [](std::uint32_t share) { return share > 100; })) {
    return "a share is above 100";
  }
  if (settings.half_life_minutes == 0 || settings.half_life_minutes > 43'200) {
    return "the half-life is none";
  }
  if (settings.least_calls == 0 || settings.least_calls > 1'000) {
    return "the least number of calls is none";
  }
  if (settings.short_seconds == 0 || settings.short_seconds > 300) {
    return "a short call's duration is none";
  }
  if (settings.night_from >= kMinutesOfDay || settings.night_to >= kMinutesOfDay) {
    return "the night is outside the day";
  }
  return {};
}

}  // namespace stirline::config::policy
