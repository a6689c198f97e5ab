// Whether a caller may reach a called user, as that user or a test of the caller has settled it (SPIT-CO-01,
// SPIT-CO-05, SPIT-PY-02). Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stirline::control {

// Who has to settle it.
enum class PermissionKind : std::uint8_t {
  consent,  // the called user
  turing,   // the component that tests whether a person calls
};
inline constexpr std::size_t kPermissionKinds = static_cast<std::size_t>(PermissionKind::turing) + 1;
[[nodiscard]] std::string_view to_string(PermissionKind kind);

enum class PermissionState : std::uint8_t { pending, granted, denied };
inline constexpr std::size_t kPermissionStates = static_cast<std::size_t>(PermissionState::denied) + 1;
[[nodiscard]] std::string_view to_string(PermissionState state);

// Identities are canonical and the caller's is authenticated: no text of a stranger's own (SPIT-CO-05).
struct Permission {
  std::string called = {};
  std::string caller = {};
  PermissionKind kind = PermissionKind::consent;
  PermissionState state = PermissionState::pending;
  std::string verdict = {};  // by which the caller is known: verified-A, signed, asserted; empty: nobody has called yet
  std::string origin = {};   // who settled it: an XUI, "operator"; empty while pending
  std::int64_t asked = 0;    // seconds since 1970
  std::int64_t until = 0;    // likewise: then it is forgotten
};

struct PermissionLimits {
  std::size_t new_per_day = 20;     // strangers who may ask one called user in 24 hours
  std::size_t pending = 100;        // questions open at a time, of one called user
  std::size_t settled = 10'000;     // of one called user
  std::size_t all = 1'000'000;      // of all together
  std::size_t new_per_second = 50;  // questions of all strangers together
  std::int64_t pending_seconds = 7 * 86'400;
  std::int64_t granted_seconds = 3'650 * std::int64_t{86'400};
  std::int64_t denied_seconds = 30 * 86'400;
  std::int64_t passed_seconds = 30 * 86'400;  // a test
  std::int64_t failed_seconds = 86'400;
  std::int64_t test_seconds = 900;  // between the call to the test and its result
  std::size_t tests = 10'000;       // that are waited for at a time
};

}  // namespace stirline::control
