// What those who were called by one caller make of him together, and whose word that bears out (SPIT-MK-03). Who was
// called and said nothing counts, too. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "control/feedback/feedback.hpp"

namespace stirline::control {

// One user's latest word about the caller.
struct Opinion {
  std::uint64_t row = 0;  // of the verdict in the store
  FeedbackVerdict verdict = FeedbackVerdict::unwanted;
  double weight = 0;
  FeedbackOutcome outcome = FeedbackOutcome::open;
};

// What the others say about each opinion's verdict, the opinion itself left out, so that nobody confirms himself.
// `called`: different users whom the caller has called.
[[nodiscard]] std::vector<FeedbackOutcome> outcomes(std::span<const Opinion> opinions, std::size_t called);

}  // namespace stirline::control
