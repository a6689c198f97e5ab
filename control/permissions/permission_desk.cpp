#include "control/permissions/permission_desk.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "control/day.hpp"
#include "control/permissions/expected_tests.hpp"
#include "control/store/desk.hpp"

namespace stirline::control {

namespace {

constexpr std::array<std::string_view, kPermissionKinds> kKinds{"consent", "turing"};
constexpr std::array<std::string_view, kPermissionStates> kStates{"pending", "granted", "denied"};

// The numbers of kind and state are those of the enums: neither may change its order.
constexpr std::array kPermissionSteps = {
    "CREATE TABLE permission("
    " called TEXT NOT NULL, caller TEXT NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, verdict TEXT NOT NULL,"
    " origin TEXT NOT NULL, asked INTEGER NOT NULL, until INTEGER NOT NULL,"
    " PRIMARY KEY(called, caller, kind)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX ended ON permission(until);"};
constexpr sqlite::Layout kPermissionLayout{
    .application_id = 0x53545045, .steps = kPermissionSteps, .durability = sqlite::Durability::order};  // "STPE"

using sqlite::number;

class SqliteDesk final : public PermissionDesk {
 public:
  SqliteDesk(sqlite::Connection connection, Now now, const PermissionLimits& limits)
      : connection_(std::move(connection)),
        now_(std::move(now)),
        limits_(limits),
        tests_(limits.tests, limits.test_seconds) {}

  // Before anything else.
  Result<void> begin() {
    const std::scoped_lock lock(mutex_);
    return forget_ended(now_());
  }

  void on_change(Listener listener) override { listener_ = std::move(listener); }

  Asked ask(const std::string& called, const std::string& caller, std::string_view verdict) override {
    const std::scoped_lock lock(mutex_);
    const auto asked = ask_locked(called, caller, verdict);
    if (!asked) {
      ++tallies().store_errors;
      spdlog::error("permissions: {}", asked.error());
      return Asked::failed;
    }
    switch (*asked) {
      case Asked::noted:
        ++tallies().asked;
        break;
      case Asked::open:
      case Asked::settled:
        ++tallies().repeated;
        break;
      case Asked::over_limit:
        ++tallies().over_limit;
        break;
      case Asked::failed:
        break;
    }
    return *asked;
  }

  Result<bool> settle(const std::string& called, const std::string& caller, PermissionState state, std::int64_t seconds,
                      const std::string& origin) override {
    const bool granted = state == PermissionState::granted;
    const std::int64_t lasts = seconds != 0 ? seconds : granted ? limits_.granted_seconds : limits_.denied_seconds;
    auto kept = keep({.called = called,
                      .caller = caller,
                      .kind = PermissionKind::consent,
                      .state = state,
                      .origin = origin,
                      .until = now_() + lasts});
    if (kept && *kept) {
      ++(granted ? tallies().granted : tallies().denied);
    }
    return kept;
  }

  Result<bool> revoke(const std::string& called, const std::string& caller) override {
    {
      const std::scoped_lock lock(mutex_);
      sqlite::Statement statement(connection_.get(), "DELETE FROM permission WHERE called = ? AND caller = ?");
      if (const auto done = statement.bind(called).bind(caller).run(); !done) {
        return failed<bool>(done.error());
      }
      if (sqlite3_changes64(connection_.get()) == 0) {
        return false;
      }
    }
    ++tallies().revoked;
    tell(called);
    return true;
  }

  void expect_test(const std::string& call_id, const std::string& called, const std::string& caller) override {
    const std::scoped_lock lock(mutex_);
    tests_.expect(call_id, called, caller, now_());
  }

  Result<bool> take_test(const std::string& call_id, const std::string& called, const std::string& caller, bool passed,
                         const std::string& origin) override {
    {
      const std::scoped_lock lock(mutex_);
      if (!tests_.take(call_id, called, caller, now_())) {
        ++tallies().tests_unknown;
        return false;
      }
    }
    const auto kept = keep({.called = called,
                            .caller = caller,
                            .kind = PermissionKind::turing,
                            .state = passed ? PermissionState::granted : PermissionState::denied,
                            .origin = origin,
                            .until = now_() + (passed ? limits_.passed_seconds : limits_.failed_seconds)});
    if (!kept) {
      return kept;
    }
    ++(passed ? tallies().tests_passed : tallies().tests_failed);
    return true;  // a result beyond what is kept of one user is a result all the same
  }

  Result<std::vector<Permission>> list(const std::string& called) const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(connection_.get(),
                             "SELECT caller, kind, state, verdict, origin, asked, until FROM permission"
                             " WHERE called = ? AND until > ? ORDER BY state != 0, caller, kind");
    select.bind(called).bind(now_());
    std::vector<Permission> all;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return failed<std::vector<Permission>>(row.error());
      }
      if (!*row) {
        return all;
      }
      if (select.integer(1) >= number(kPermissionKinds) || select.integer(2) >= number(kPermissionStates)) {
        continue;  // of a program with more of them
      }
      all.push_back({.called = called,
                     .caller = select.text(0),
                     .kind = static_cast<PermissionKind>(select.integer(1)),
                     .state = static_cast<PermissionState>(select.integer(2)),
                     .verdict = select.text(3),
                     .origin = select.text(4),
                     .asked = select.integer(5),
                     .until = select.integer(6)});
    }
  }

  Result<std::vector<std::string>> called_users() const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(connection_.get(),
                             "SELECT DISTINCT called FROM permission WHERE state != 0 AND until > ?");
    select.bind(now_());
    std::vector<std::string> all;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return failed<std::vector<std::string>>(row.error());
      }
      if (!*row) {
        return all;
      }
      all.push_back(select.text(0));
    }
  }

 private:
  template <typename T>
  static Result<T> failed(const std::string& error) {
    return std::unexpected(error);
  }

  void tell(const std::string& called) const {
    if (listener_) {
      listener_(called);
    }
  }

  // With `called`, if it is not empty, and `time` in this order.
  Result<std::uint64_t> counted(std::string_view sql, const std::string& called, std::int64_t time) const {
    sqlite::Statement ask(connection_.get(), sql);
    if (!called.empty()) {
      ask.bind(called);
    }
    const auto row = ask.bind(time).step();
    if (!row) {
      return std::unexpected(row.error());
    }
    return static_cast<std::uint64_t>(*row ? ask.integer(0) : 0);
  }

  Result<void> forget_ended(std::int64_t now) {
    if (now >= forgotten_at_ && now - forgotten_at_ < 60) {
      return {};
    }
    forgotten_at_ = now;
    sqlite::Statement statement(connection_.get(), "DELETE FROM permission WHERE until <= ?");
    if (const auto done = statement.bind(now).run(); !done) {
      return done;
    }
    const auto left = counted("SELECT COUNT(*) FROM permission WHERE until > ?", {}, now);
    if (!left) {
      return std::unexpected(left.error());
    }
    tallies().kept = *left;
    return {};
  }

  bool is_over_rate(std::int64_t now) {
    if (second_ != now) {
      second_ = now;
      in_second_ = 0;
    }
    return in_second_ >= limits_.new_per_second;
  }

  // What is kept of the two, if it has not ended.
  Result<std::optional<PermissionState>> state_of(const std::string& called, const std::string& caller,
                                                  PermissionKind kind, std::int64_t now) const {
    sqlite::Statement select(connection_.get(),
                             "SELECT state FROM permission WHERE called = ? AND caller = ? AND kind = ? AND until > ?");
    const auto row = select.bind(called).bind(caller).bind(number(kind)).bind(now).step();
    if (!row) {
      return std::unexpected(row.error());
    }
    return *row ? std::optional(static_cast<PermissionState>(select.integer(0))) : std::nullopt;
  }

  Result<Asked> ask_locked(const std::string& called, const std::string& caller, std::string_view verdict) {
    const std::int64_t now = now_();
    if (const auto done = forget_ended(now); !done) {
      return std::unexpected(done.error());
    }
    const auto state = state_of(called, caller, PermissionKind::consent, now);
    if (!state) {
      return std::unexpected(state.error());
    }
    if (*state) {  // SPIT-CO-05: one entry, however often; a denial is final for its time
      return **state == PermissionState::pending ? Asked::open : Asked::settled;
    }
    const auto today =
        counted("SELECT COUNT(*) FROM permission WHERE called = ? AND verdict != '' AND asked > ?", called, now - kDay);
    const auto open =
        counted("SELECT COUNT(*) FROM permission WHERE called = ? AND state = 0 AND until > ?", called, now);
    if (!today || !open) {
      return std::unexpected(today ? open.error() : today.error());
    }
    if (*today >= limits_.new_per_day || *open >= limits_.pending || tallies().kept >= limits_.all ||
        is_over_rate(now)) {
      return Asked::over_limit;
    }
    ++in_second_;
    ++tallies().kept;
    const auto put = put_row({.called = called,
                              .caller = caller,
                              .verdict = std::string(verdict),
                              .asked = now,
                              .until = now + limits_.pending_seconds});
    return put ? Result<Asked>(Asked::noted) : std::unexpected(put.error());
  }

  // A row that is there keeps when it was asked, and how its caller was known.
  Result<void> put_row(const Permission& row) {
    sqlite::Statement insert(connection_.get(),
                             "INSERT INTO permission(called, caller, kind, state, verdict, origin, asked, until)"
                             " VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(called, caller, kind) DO UPDATE SET"
                             " state = excluded.state, origin = excluded.origin, until = excluded.until");
    insert.bind(row.called).bind(row.caller).bind(number(row.kind)).bind(number(row.state)).bind(row.verdict);
    return insert.bind(row.origin).bind(row.asked).bind(row.until).run();
  }

  // False: the called user has too many.
  Result<bool> keep(Permission row) {
    {
      const std::scoped_lock lock(mutex_);
      const std::int64_t now = now_();
      const auto state = state_of(row.called, row.caller, row.kind, now);
      const auto settled =
          counted("SELECT COUNT(*) FROM permission WHERE called = ? AND state != 0 AND until > ?", row.called, now);
      if (!state || !settled) {
        return std::unexpected(state ? settled.error() : state.error());
      }
      // Whoever has as many as he may can still think otherwise about one of them.
      const bool is_settled = *state && **state != PermissionState::pending;
      if (!is_settled && *settled >= limits_.settled) {
        ++tallies().over_limit;
        return false;
      }
      row.asked = now;
      if (const auto put = put_row(row); !put) {
        ++tallies().store_errors;
        return std::unexpected(put.error());
      }
    }
    tell(row.called);
    return true;
  }

  sqlite::Connection connection_;
  Now now_;
  PermissionLimits limits_;
  Listener listener_;
  mutable std::mutex mutex_;  // of all but the listener
  ExpectedTests tests_;
  std::int64_t forgotten_at_ = 0;
  std::int64_t second_ = 0;
  std::size_t in_second_ = 0;  // questions noted in it
};

}  // namespace

std::string_view to_string(PermissionKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

std::string_view to_string(PermissionState state) {
  return kStates[static_cast<std::size_t>(state)];
}

auto PermissionDesk::open(const std::filesystem::path& file, Now now, const PermissionLimits& limits)
    -> Result<std::unique_ptr<PermissionDesk>> {
  return sqlite::open_desk<SqliteDesk>(file, kPermissionLayout, std::move(now), limits);
}

}  // namespace stirline::control
