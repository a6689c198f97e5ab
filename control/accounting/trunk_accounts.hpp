// How many messages came over each trunk in each hour and what became of them, for settlement between providers
// (SPIT-CL-11): sums of the data plane's records, without any number, URI or Call-ID. SQLite behind it.
//
// Each decision counts once, so the sums are those of the traffic that the trunks' services work on; what was recorded
// nowhere (records lost on the way) is counted by the data plane and told beside them.
//
// Thread: that of the event loop. Errors are sentences for the operator.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/wire/call_record.hpp"
#include "control/store/sqlite.hpp"

namespace stirline::control {

// What is counted together.
struct Account {
  std::int64_t hour = 0;  // its first second, seconds since 1970
  std::string trunk = {};
  config::wire::Flow flow = config::wire::Flow::from_peer;
  std::string method = {};  // INVITE, MESSAGE, SUBSCRIBE
  config::wire::Decision decision = config::wire::Decision::passed;
  crypto::Verdict verdict = crypto::Verdict::none;
  friend auto operator<=>(const Account&, const Account&) = default;
};

struct CountedAccount {
  Account account = {};
  std::uint64_t messages = 0;
};

struct AccountTallies {
  std::uint64_t counted = 0;  // messages
  std::uint64_t refused = 0;  // not counted: more different ones in an hour than there can be
  std::uint64_t store_errors = 0;
};

class TrunkAccounts {
 public:
  // An empty `file`: in memory. Hours are kept for `keep_days`. One process at a time.
  [[nodiscard]] static std::expected<TrunkAccounts, std::string> open(const std::filesystem::path& file,
                                                                      std::uint32_t keep_days);
  TrunkAccounts(TrunkAccounts&&) = default;
  TrunkAccounts& operator=(TrunkAccounts&&) = delete;
  ~TrunkAccounts();  // keeps what it has counted

  // The payload of a `records` message; what is behind a record that is broken is not looked at. Kept at most a second
  // later.
  void take(std::string_view payload, std::int64_t now);

  // Writes down what has been counted since the last time, and removes what is too old.
  void keep(std::int64_t now);

  // Of hours that begin within these times, in order, at most one more than kMostRows. `trunk`: empty: all of them.
  static constexpr std::size_t kMostRows = 100'000;
  [[nodiscard]] std::expected<std::vector<CountedAccount>, std::string> list(std::int64_t first, std::int64_t last,
                                                                             std::string_view trunk);

  [[nodiscard]] const AccountTallies& tallies() const { return tallies_; }

 private:
  static constexpr std::size_t kMostPending = 100'000;

  explicit TrunkAccounts(sqlite::Connection connection, std::uint32_t keep_days)
      : connection_(std::move(connection)), keep_days_(keep_days) {}
  [[nodiscard]] std::expected<void, std::string> write();
  [[nodiscard]] std::expected<void, std::string> forget_old(std::int64_t now);

  sqlite::Connection connection_;
  std::uint32_t keep_days_;
  std::map<Account, std::uint64_t> pending_;  // counted, and not kept yet
  std::int64_t kept_at_ = 0;
  std::int64_t forgotten_at_ = 0;
  AccountTallies tallies_;
};

}  // namespace stirline::control
