// Any octets as a request about permissions: the first line is its target, the rest its body. What is read keeps to its
// limits, and nothing is read that could not be written by the same rules (SPIT-CO-07, SPIT-PY-02).
#include <cstdint>
#include <string_view>

#include "control/permissions/permission_requests.hpp"
#include "control/policy/canonical_identity.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::permission_request {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::control;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = all.find('\n');
  const std::string_view target = all.substr(0, end);
  const std::string_view body = end == std::string_view::npos ? std::string_view() : all.substr(end + 1);
  if (const auto read = read_permission_target(target, "/"); read && *read) {
    const PermissionTarget& found = **read;
    const bool is_test = found.kind == PermissionTarget::Kind::test;
    check(found.user.empty() == is_test, "whoever is asked about has a name");
    check(found.caller.empty() == (found.kind != PermissionTarget::Kind::caller), "and so has a caller");
    check(found.user.size() <= 512 && found.caller.size() <= 512, "names are short");
    check(is_test == (target == "/turing"), "there is one target of tests");
  }
  if (const auto answer = read_permission_answer(body)) {
    check(answer->state != PermissionState::pending, "an answer settles it");
    check(answer->seconds >= 0 && answer->seconds <= kMaxPermissionDays * 86'400, "and has an end");
  }
  if (const auto result = read_test_result(body)) {
    check(!result->call_id.empty() && result->call_id.size() <= kMaxCallId, "a call has a name");
    check(!result->caller.empty() && !result->called.empty(), "and two ends");
  }
  return 0;
}

const Target kTarget("permission_request", run);

}  // namespace
}  // namespace stirline::fuzz::permission_request
