// Keeps what called users are told of calls (SPIT-PL-03). SQLite behind it; bounded for each user and altogether, in
// number, rate and time: where there are too many, the oldest go.
//
// Any thread. Errors are sentences for the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "control/notices/notice.hpp"

namespace stirline::control {

// What is counted; read by any thread.
struct NoticeTallies {
  std::atomic<std::uint64_t> kept = 0;  // notices; what is too old goes once a minute
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<std::uint64_t> anonymous = 0;     // of them those whose caller wants it so
  std::atomic<std::uint64_t> nobody = 0;        // left out: the called one has no identity that can be kept
  std::atomic<std::uint64_t> over_limit = 0;    // left out: too many at once
  std::atomic<std::uint64_t> made_way = 0;      // went before their time: there were too many
  std::atomic<std::uint64_t> undone = 0;        // that their users have removed
  std::atomic<std::uint64_t> store_errors = 0;  // each with all that came together
};

class NoticeDesk {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;
  using Now = std::function<std::int64_t()>;  // seconds since 1970; any thread

  // An empty `file`: in memory. One process at a time.
  [[nodiscard]] static Result<std::unique_ptr<NoticeDesk>> open(const std::filesystem::path& file, Now now,
                                                                const NoticeLimits& limits = {});
  virtual ~NoticeDesk() = default;
  NoticeDesk(const NoticeDesk&) = delete;
  NoticeDesk& operator=(const NoticeDesk&) = delete;

  // All together or, if the store fails, none: that goes to the log and is counted.
  virtual void take(std::span<const Notice> notices) = 0;
  // Once a minute, whatever the rate of calls: what is too old goes.
  virtual void forget_old() = 0;

  // Of one user, the newest first.
  [[nodiscard]] virtual Result<std::vector<Notice>> list(const std::string& user) const = 0;
  // Removes all of his; how many they were.
  [[nodiscard]] virtual Result<std::size_t> clear(const std::string& user) = 0;

  [[nodiscard]] const NoticeTallies& tallies() const { return tallies_; }
  [[nodiscard]] NoticeTallies& tallies() { return tallies_; }

 protected:
  NoticeDesk() = default;

 private:
  NoticeTallies tallies_;
};

}  // namespace stirline::control
