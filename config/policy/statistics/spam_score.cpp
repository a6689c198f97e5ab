#include "config/policy/statistics/spam_score.hpp"

#include <algorithm>
#include <numbers>

namespace stirline::config::policy {
namespace {

using Values = std::array<float, kFeatures>;

float& at(Values& values, Feature feature) {
  return values[static_cast<std::size_t>(feature)];
}

Values values_of(const Profile& profile, const ScoreSettings& settings) {
  const auto least = static_cast<float>(settings.least_calls);
  const auto percent = [least](float part, float whole) {
    return std::min(100.0F, 100.0F * part / std::max(whole, least));
  };
  const float calls = profile.of(Figure::calls);
  const float resolved = profile.of(Figure::resolved);
  const float answered = profile.of(Figure::answered);
  const float distinct = std::min(profile.called.estimate(), calls);
  Values values{};
  // So many an hour, for ever, leave as much as there is.
  at(values, Feature::rate) =
      calls * std::numbers::ln2_v<float> * 60.0F / static_cast<float>(settings.half_life_minutes);
  at(values, Feature::fan_out) = distinct;
  at(values, Feature::distinct) = percent(distinct, calls);
  at(values, Feature::unanswered) = percent(std::max(resolved - answered, 0.0F), resolved);
  at(values, Feature::short_calls) = percent(profile.of(Figure::short_calls), answered);
  at(values, Feature::unallocated) = percent(profile.of(Figure::unallocated), resolved);
  at(values, Feature::sequential) = percent(profile.of(Figure::sequential), calls);
  at(values, Feature::neighbour) = percent(profile.of(Figure::neighbour), calls);
  at(values, Feature::unattested) = percent(std::max(calls - profile.of(Figure::attested_a), 0.0F), calls);
  at(values, Feature::failed) = percent(profile.of(Figure::failed), calls);
  at(values, Feature::night) = percent(profile.of(Figure::night), calls);
  at(values, Feature::complaints) = percent(profile.of(Figure::complaints), calls);
  return values;
}

float points_of(float value, const FeatureSettings& feature) {
  const auto threshold = static_cast<float>(feature.threshold);
  const float part = (value - threshold) / (static_cast<float>(feature.full) - threshold);
  return std::clamp(part, 0.0F, 1.0F) * static_cast<float>(feature.weight);
}

std::uint8_t as_score(float points) {
  return static_cast<std::uint8_t>(std::min(points, 100.0F) + 0.5F);
}

}  // namespace

SpamScore explain_score(const Profile& profile, const ScoreSettings& settings) {
  const Values values = values_of(profile, settings);
  SpamScore explained;
  float points = 0;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    if (applies(static_cast<Feature>(i), profile.kind)) {
      explained.contributions[i] = {values[i], points_of(values[i], settings.features[i])};
      points += explained.contributions[i].points;
    }
  }
  explained.score = as_score(points);
  return explained;
}

std::uint8_t score_of(const Profile& profile, const ScoreSettings& settings) {
  const Values values = values_of(profile, settings);
  float points = 0;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    points += applies(static_cast<Feature>(i), profile.kind) ? points_of(values[i], settings.features[i]) : 0.0F;
  }
  return as_score(points);
}

std::uint8_t combined_score(const CallScores& scores, bool is_neighbour, const ScoreSettings& settings) {
  std::uint32_t highest = 0;
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    highest = std::max(highest, scores.of[i] * settings.shares[i]);
  }
  return as_score(static_cast<float>(highest) / 100.0F + (is_neighbour ? scores.neighbours : 0.0F));
}

float neighbour_points(const Profile& profile, const ScoreSettings& settings) {
  const float calls = std::max(profile.of(Figure::calls), static_cast<float>(settings.least_calls));
  return points_of(100.0F * profile.of(Figure::neighbour) / calls, settings.feature(Feature::neighbour));
}

}  // namespace stirline::config::policy
