// Keeps who may reach whom: questions of strangers that called users answer, and results of tests (SPIT-CO-01, -05,
// -07; SPIT-PY-02). SQLite behind it; bounded for each called user and altogether.
//
// Nothing is ever sent to a called user: he looks when he likes. A question is one row however often it is asked, so a
// stranger costs a called user one line in a list, and nothing at all beyond the limits of a day.
//
// Any thread. Errors are sentences for the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/permissions/permission.hpp"

namespace stirline::control {

// What is counted; read by any thread.
struct PermissionTallies {
  std::atomic<std::uint64_t> kept = 0;        // permissions, about: what has ended goes once a minute
  std::atomic<std::uint64_t> asked = 0;       // questions noted
  std::atomic<std::uint64_t> repeated = 0;    // asked again while open, or after the answer
  std::atomic<std::uint64_t> nobody = 0;      // asked by somebody who is not authenticated: not noted
  std::atomic<std::uint64_t> over_limit = 0;  // not noted: too many
  std::atomic<std::uint64_t> granted = 0;
  std::atomic<std::uint64_t> denied = 0;
  std::atomic<std::uint64_t> revoked = 0;
  std::atomic<std::uint64_t> tests_passed = 0;
  std::atomic<std::uint64_t> tests_failed = 0;
  std::atomic<std::uint64_t> tests_unknown = 0;  // results that nobody waits for
  std::atomic<std::uint64_t> store_errors = 0;
};

class PermissionDesk {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;
  using Now = std::function<std::int64_t()>;                        // seconds since 1970; any thread
  using Listener = std::function<void(const std::string& called)>;  // on the thread of whoever settles something

  // An empty `file`: in memory. One process at a time.
  [[nodiscard]] static Result<std::unique_ptr<PermissionDesk>> open(const std::filesystem::path& file, Now now,
                                                                    const PermissionLimits& limits = {});
  virtual ~PermissionDesk() = default;
  PermissionDesk(const PermissionDesk&) = delete;
  PermissionDesk& operator=(const PermissionDesk&) = delete;

  // Is told whose permissions have been settled, or taken back. Before other threads come.
  virtual void on_change(Listener listener) = 0;

  enum class Asked : std::uint8_t { noted, open, settled, over_limit, failed };
  // Somebody authenticated asks for consent. `verdict`: how he is known.
  virtual Asked ask(const std::string& called, const std::string& caller, std::string_view verdict) = 0;

  // The called user's answer, to a question or before there is one; a later answer takes its place. `seconds`: for how
  // long; 0: as limits have it. False: he has too many.
  [[nodiscard]] virtual Result<bool> settle(const std::string& called, const std::string& caller, PermissionState state,
                                            std::int64_t seconds, const std::string& origin) = 0;
  // All that is kept of this caller for this called user is forgotten; false: nothing was.
  [[nodiscard]] virtual Result<bool> revoke(const std::string& called, const std::string& caller) = 0;

  // A call has been sent to a test: its result is waited for, for some minutes, in memory.
  virtual void expect_test(const std::string& call_id, const std::string& called, const std::string& caller) = 0;
  // The result of a test; good once. False: nobody waits for one of this call between these two.
  [[nodiscard]] virtual Result<bool> take_test(const std::string& call_id, const std::string& called,
                                               const std::string& caller, bool passed, const std::string& origin) = 0;

  // Of one called user, what has not ended: questions first, then by caller.
  [[nodiscard]] virtual Result<std::vector<Permission>> list(const std::string& called) const = 0;
  // Canonical identities of all of whom something is settled.
  [[nodiscard]] virtual Result<std::vector<std::string>> called_users() const = 0;

  [[nodiscard]] const PermissionTallies& tallies() const { return tallies_; }
  [[nodiscard]] PermissionTallies& tallies() { return tallies_; }

 protected:
  PermissionDesk() = default;

 private:
  PermissionTallies tallies_;
};

}  // namespace stirline::control
