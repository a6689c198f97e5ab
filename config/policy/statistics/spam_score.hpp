// How likely what somebody sends is unwanted, 0 to 100, and why: a sum of points, each for a figure beyond its
// threshold (SPIT-CL-14). 0: not classified as spam; 100: classified as spam.
//
// The data plane scores calls by it, and the command line shows it. Pure; no heap. A figure that rises never lowers a
// score.
#pragma once

#include <array>
#include <cstdint>

#include "config/policy/statistics/profile.hpp"
#include "config/policy/statistics/score_settings.hpp"

namespace stirline::config::policy {

struct Contribution {
  float value = 0;   // of the feature, in its unit
  float points = 0;  // 0 to its weight
};

struct SpamScore {
  std::uint8_t score = 0;
  std::array<Contribution, kFeatures> contributions{};  // by Feature; those that do not apply are 0
};

// `profile` is taken as it is: whoever wants it as of now lets it decay before.
[[nodiscard]] SpamScore explain_score(const Profile& profile, const ScoreSettings& settings);

// The same number without the reasons.
[[nodiscard]] std::uint8_t score_of(const Profile& profile, const ScoreSettings& settings);

// What is said about a call's subjects, those that it has.
struct CallScores {
  std::array<std::uint8_t, kStatisticsSubjects> of{};  // by SubjectKind
  float neighbours = 0;                                // neighbour_points() of its signer or trunk, whichever are more
};
// As a call sees them: the highest of them, each by its share, and the points of `neighbours` if the call fits that
// pattern itself.
[[nodiscard]] std::uint8_t combined_score(const CallScores& scores, bool is_neighbour, const ScoreSettings& settings);

// The points for Feature::neighbour alone.
[[nodiscard]] float neighbour_points(const Profile& profile, const ScoreSettings& settings);

}  // namespace stirline::config::policy
