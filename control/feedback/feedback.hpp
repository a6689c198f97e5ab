// What called users say about calls they got (SPIT-MK-03). Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stirline::control {

inline constexpr double kThousandths = 1'000;  // in which parts of one are kept

enum class FeedbackVerdict : std::uint8_t { wanted, unwanted };
[[nodiscard]] std::string_view to_string(FeedbackVerdict verdict);

// What others have made of it since.
enum class FeedbackOutcome : std::uint8_t {
  open,          // too few have said anything
  agreed,        // the others say the same
  contradicted,  // the others say the opposite
};
inline constexpr std::size_t kFeedbackOutcomes = static_cast<std::size_t>(FeedbackOutcome::contradicted) + 1;
[[nodiscard]] std::string_view to_string(FeedbackOutcome outcome);

inline constexpr std::uint16_t kFullFeedbackWeight = 1'000;

// A called user's word about one caller, on one day. Identities are canonical.
struct Feedback {
  std::string user = {};
  std::string caller = {};
  FeedbackVerdict verdict = FeedbackVerdict::unwanted;
  FeedbackOutcome outcome = FeedbackOutcome::open;
  std::uint16_t weight = 0;  // in thousandths, as it was when he said so
  bool shown = false;        // it was this caller (SPIT-FW-02); else he had only claimed it
  std::string trunk = {};    // over which the call came
  std::int64_t at = 0;       // seconds since 1970
};

// A report, as it comes in.
struct FeedbackReport {
  std::string user = {};
  std::string caller = {};
  FeedbackVerdict verdict = FeedbackVerdict::unwanted;
  std::optional<std::int64_t> call_at = {};  // when the call was, seconds since 1970
  std::string call_id = {};                  // empty: he does not say
};

struct FeedbackLimits {
  std::size_t per_day = 50;             // verdicts of one user in 24 hours
  std::size_t per_second = 100;         // of all together
  std::size_t all = 1'000'000;          // that are kept
  std::size_t noted = 100'000;          // calls that wait while the store is busy
  std::size_t untold = 1'000;           // complaints that wait for the data plane
  std::int64_t history_days = 365;      // a reporter who says nothing for so long is a new one
  std::int64_t call_tolerance = 300;    // seconds by which his clock may be wrong
  std::int64_t retention_days = 30;     // of verdicts
  std::size_t pairs = 500'000;          // of caller and called user whose calls are known
  std::int64_t call_seconds = 604'800;  // after a call: then nothing can be said about it any more
};

}  // namespace stirline::control
