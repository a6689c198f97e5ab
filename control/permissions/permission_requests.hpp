// What comes in over HTTPS about permissions, taken apart (SPIT-CO-07, SPIT-PY-02):
//
//   GET             .../consent/users/XUI            who asks, who may, who may not
//   PUT, DELETE     .../consent/users/XUI/CALLER     {"state": "granted", "days": 30}; forgotten
//   POST            .../turing                       {"call-id": "...", "caller": "...", "called": "...", "ok": true}
//
// XUI and CALLER are percent-encoded as far as their characters want it. Nothing that is written wrongly is repaired.
// Pure functions; any thread. Errors are phrases for whoever asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "control/permissions/permission.hpp"

namespace stirline::control {

inline constexpr std::size_t kMaxPermissionBody = 4'096;  // octets
inline constexpr std::int64_t kMaxPermissionDays = 3'650;
inline constexpr std::size_t kMaxCallId = 255;  // octets: what records of calls have

struct PermissionTarget {
  enum class Kind : std::uint8_t { user, caller, test };
  Kind kind = Kind::test;
  std::string user = {};    // XUI
  std::string caller = {};  // as it is written
};

// `root`: of the server, "/" or a path with '/' at both ends. Nothing: the target is not about permissions. An error:
// it is, and is malformed.
[[nodiscard]] std::optional<std::expected<PermissionTarget, std::string>> read_permission_target(
    std::string_view target, std::string_view root);

struct PermissionAnswer {
  PermissionState state = PermissionState::granted;  // never pending
  std::int64_t seconds = 0;                          // 0: as limits have it
};
[[nodiscard]] std::expected<PermissionAnswer, std::string> read_permission_answer(std::string_view body);

// Identities are canonical.
struct TestResult {
  std::string call_id = {};
  std::string caller = {};
  std::string called = {};
  bool passed = false;
};
[[nodiscard]] std::expected<TestResult, std::string> read_test_result(std::string_view body);

}  // namespace stirline::control
