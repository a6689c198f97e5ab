#include "control/notices/notice_desk.hpp"

#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <spdlog/spdlog.h>

#include "control/day.hpp"
#include "control/store/desk.hpp"

namespace stirline::control {

namespace {

constexpr std::array<std::string_view, kNoticeDeeds> kDeeds{"passed", "marked", "sent-off", "answered"};

// The numbers of deeds are those of the enum: it may not change its order. The later a notice, the higher its id.
constexpr std::array kNoticeSteps = {
    "CREATE TABLE notice("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, caller TEXT NOT NULL, known INTEGER NOT NULL,"
    " method TEXT NOT NULL, deed INTEGER NOT NULL, status INTEGER NOT NULL, rule TEXT NOT NULL, at INTEGER NOT NULL)"
    " STRICT;"
    "CREATE INDEX of_user ON notice(user, id);"
    "CREATE INDEX by_time ON notice(at);"};
constexpr sqlite::Layout kNoticeLayout{
    .application_id = 0x53544e4f, .steps = kNoticeSteps, .durability = sqlite::Durability::order};  // "STNO"

constexpr std::int64_t kForgottenAtOnce = 10'000;  // rows: the store serves others in between
constexpr std::int64_t kForgetEvery = 60;          // seconds

class SqliteNotices final : public NoticeDesk {
 public:
  SqliteNotices(sqlite::Connection connection, Now now, const NoticeLimits& limits)
      : connection_(std::move(connection)), now_(std::move(now)), limits_(limits) {}

  // Before anything else.
  Result<void> begin() {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement count(connection_.get(), "SELECT COUNT(*) FROM notice");
    const auto row = count.step();
    if (!row) {
      return std::unexpected(row.error());
    }
    tallies().kept = static_cast<std::uint64_t>(count.integer(0));
    return {};
  }

  void take(std::span<const Notice> notices) override {
    const std::scoped_lock lock(mutex_);
    std::vector<const Notice*> admitted;
    for (const Notice& notice : notices) {
      if (is_admitted(notice.user)) {
        admitted.push_back(&notice);
      } else {
        ++tallies().over_limit;
      }
    }
    if (admitted.empty()) {
      return;
    }
    const auto changed = put(admitted);
    if (!changed) {
      report(changed.error());
      return;
    }
    tallies().kept += admitted.size();
    tallies().kept -= *changed;
    tallies().made_way += *changed;
    for (const Notice* const notice : admitted) {
      ++tallies().taken;
      tallies().anonymous += notice->caller == kAnonymousCaller ? 1U : 0U;
    }
  }

  void forget_old() override {
    const std::scoped_lock lock(mutex_);
    const std::int64_t now = now_();
    if (now >= forgotten_at_ && now - forgotten_at_ < kForgetEvery) {
      return;
    }
    sqlite::Statement remove(
        connection_.get(), "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE at <= ? ORDER BY at LIMIT ?)");
    const auto gone = removed(remove.bind(oldest(now)).bind(kForgottenAtOnce));
    if (!gone) {
      report(gone.error());
      return;
    }
    tallies().kept -= *gone;
    forgotten_at_ = *gone < static_cast<std::size_t>(kForgottenAtOnce) ? now : 0;  // else it goes on next time
  }

  Result<std::vector<Notice>> list(const std::string& user) const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(connection_.get(),
                             "SELECT caller, known, method, deed, status, rule, at FROM notice"
                             " WHERE user = ? AND at > ? ORDER BY id DESC");
    select.bind(user).bind(oldest(now_()));
    std::vector<Notice> all;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return all;
      }
      if (select.integer(3) < 0 || select.integer(3) >= static_cast<std::int64_t>(kNoticeDeeds)) {
        continue;  // of a program with more of them
      }
      all.push_back({.user = user,
                     .caller = select.text(0),
                     .known = select.integer(1) != 0,
                     .method = select.text(2),
                     .deed = static_cast<NoticeDeed>(select.integer(3)),
                     .status = static_cast<std::uint16_t>(select.integer(4)),
                     .rule = select.text(5),
                     .at = select.integer(6)});
    }
  }

  Result<std::size_t> clear(const std::string& user) override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement remove(connection_.get(), "DELETE FROM notice WHERE user = ?");
    auto gone = removed(remove.bind(user));
    if (gone) {
      tallies().kept -= *gone;
      tallies().undone += *gone;
    } else {
      ++tallies().store_errors;
    }
    return gone;
  }

 private:
  void report(const std::string& error) {
    ++tallies().store_errors;
    spdlog::error("notices: {}", error);
  }

  [[nodiscard]] std::int64_t oldest(std::int64_t now) const { return now - limits_.retention_days * kDay; }

  // Runs it; how many rows are gone.
  Result<std::size_t> removed(sqlite::Statement& statement) {
    if (const auto done = statement.run(); !done) {
      return std::unexpected(done.error());
    }
    return static_cast<std::size_t>(sqlite3_changes64(connection_.get()));
  }

  bool is_admitted(const std::string& user) {
    if (const std::int64_t now = now_(); second_ != now) {
      second_ = now;
      in_second_ = 0;
      of_users_.clear();
    }
    if (in_second_ >= limits_.per_second) {
      return false;
    }
    std::size_t& of_user = of_users_[user];
    if (of_user >= limits_.per_user_and_second) {
      return false;
    }
    ++of_user;
    ++in_second_;
    return true;
  }

  // How many have made way for them.
  Result<std::size_t> put(std::span<const Notice* const> notices) {
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return std::unexpected(transaction.begun().error());
    }
    std::size_t gone = 0;
    for (const Notice* const notice : notices) {
      if (const auto done = insert(*notice); !done) {
        return std::unexpected(done.error());
      }
      sqlite::Statement remove(connection_.get(),
                               "DELETE FROM notice WHERE user = ?1 AND id <="
                               " (SELECT id FROM notice WHERE user = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)");
      const auto of_user = removed(remove.bind(notice->user).bind(static_cast<std::int64_t>(limits_.per_user)));
      if (!of_user) {
        return of_user;
      }
      gone += *of_user;
    }
    const std::size_t there = tallies().kept + notices.size() - gone;
    if (there > limits_.all) {
      sqlite::Statement remove(connection_.get(),
                               "DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT ?)");
      const auto of_all = removed(remove.bind(static_cast<std::int64_t>(there - limits_.all)));
      if (!of_all) {
        return of_all;
      }
      gone += *of_all;
    }
    if (const auto done = transaction.commit(); !done) {
      return std::unexpected(done.error());
    }
    return gone;
  }

  Result<void> insert(const Notice& notice) {
    sqlite::Statement insert(connection_.get(),
                             "INSERT INTO notice(user, caller, known, method, deed, status, rule, at)"
                             " VALUES(?,?,?,?,?,?,?,?)");
    insert.bind(notice.user).bind(notice.caller).bind(std::int64_t{notice.known}).bind(notice.method);
    insert.bind(static_cast<std::int64_t>(notice.deed)).bind(std::int64_t{notice.status}).bind(notice.rule);
    return insert.bind(notice.at).run();
  }

  sqlite::Connection connection_;
  Now now_;
  NoticeLimits limits_;
  mutable std::mutex mutex_;
  std::int64_t forgotten_at_ = 0;
  std::int64_t second_ = 0;
  std::size_t in_second_ = 0;                              // notices taken in it
  std::unordered_map<std::string, std::size_t> of_users_;  // likewise
};

}  // namespace

std::string_view to_string(NoticeDeed deed) {
  return kDeeds[static_cast<std::size_t>(deed)];
}

auto NoticeDesk::open(const std::filesystem::path& file, Now now, const NoticeLimits& limits)
    -> Result<std::unique_ptr<NoticeDesk>> {
  return sqlite::open_desk<SqliteNotices>(file, kNoticeLayout, std::move(now), limits);
}

}  // namespace stirline::control
