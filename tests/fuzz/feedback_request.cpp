// Any octets as a request of a called user about calls he got: the first line is its target, the rest its body. What is
// read keeps to its limits (SPIT-MK-03, SPIT-FW-04).
#include <cstdint>
#include <string_view>

#include "control/feedback/feedback_requests.hpp"
#include "control/policy/canonical_identity.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::feedback_request {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::control;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = all.find('\n');
  const std::string_view target = all.substr(0, end);
  const std::string_view body = end == std::string_view::npos ? std::string_view() : all.substr(end + 1);
  if (const auto read = read_feedback_target(target, "/"); read && *read) {
    check((*read)->caller.size() <= 512, "names are short");
    check((*read)->caller.empty() == (target == "/feedback"), "there is one target without a caller");
  }
  if (const auto report = read_feedback(body)) {
    check(!report->caller.empty() && report->caller.size() <= kMaxFeedbackCaller, "somebody has called");
    check(report->call_id.size() <= kMaxFeedbackCallId, "a call has a short name");
    check(!report->call_at || *report->call_at >= 0, "and was after 1970");
    check(report->user.empty(), "nobody says in a body who he is");
  }
  return 0;
}

const Target kTarget("feedback_request", run);

}  // namespace
}  // namespace stirline::fuzz::feedback_request
