// What comes in over HTTPS about calls that users got, taken apart (SPIT-MK-03, SPIT-FW-04):
//
//   POST           .../feedback          {"from": "...", "verdict": "unwanted", "at": 1795000000, "call-id": "..."}
//   GET, DELETE    .../feedback          what the user has said; forgotten
//   DELETE         .../feedback/CALLER   forgotten about this caller
//
// CALLER is percent-encoded as far as its characters want it. Nothing that is written wrongly is repaired. Pure
// functions; any thread. Errors are phrases for whoever asks.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "control/feedback/feedback.hpp"

namespace stirline::control {

inline constexpr std::size_t kMaxFeedbackBody = 4'096;  // octets
inline constexpr std::size_t kMaxFeedbackCallId = 255;  // octets: what records of calls have
inline constexpr std::size_t kMaxFeedbackCaller = 254;  // octets of a canonical identity: likewise

struct FeedbackTarget {
  std::string caller = {};  // as it is written; empty: all of it is meant
};

// `root`: of the server, "/" or a path with '/' at both ends. Nothing: the target is not about feedback. An error: it
// is, and is malformed.
[[nodiscard]] std::optional<std::expected<FeedbackTarget, std::string>> read_feedback_target(std::string_view target,
                                                                                             std::string_view root);

// Everything of a report but the user.
[[nodiscard]] std::expected<FeedbackReport, std::string> read_feedback(std::string_view body);

}  // namespace stirline::control
