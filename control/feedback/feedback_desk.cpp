#include "control/feedback/feedback_desk.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <mutex>
#include <utility>

#include "control/day.hpp"
#include "control/store/desk.hpp"

namespace stirline::control {

namespace {

constexpr std::array<std::string_view, 2> kVerdicts{"wanted", "unwanted"};
constexpr std::array<std::string_view, kFeedbackOutcomes> kOutcomes{"open", "agreed", "contradicted"};

// The numbers of verdict and outcome are those of the enums: neither may change its order.
constexpr std::array kFeedbackSteps = {
    "CREATE TABLE verdict("
    " id INTEGER PRIMARY KEY, user TEXT NOT NULL, caller TEXT NOT NULL, verdict INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, weight INTEGER NOT NULL, shown INTEGER NOT NULL, trunk TEXT NOT NULL,"
    " at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX said ON verdict(user, at);"
    "CREATE INDEX old ON verdict(at);"
    "CREATE TABLE reporter("
    " user TEXT PRIMARY KEY, agreed REAL NOT NULL, contradicted REAL NOT NULL, last INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX silent ON reporter(last);"};
constexpr sqlite::Layout kFeedbackLayout{
    .application_id = 0x53544645, .steps = kFeedbackSteps, .durability = sqlite::Durability::order};  // "STFE"

constexpr std::int64_t kMinute = 60;

using sqlite::number;

class SqliteFeedback final : public FeedbackDesk {
 public:
  SqliteFeedback(sqlite::Connection connection, Now now, const FeedbackLimits& limits)
      : connection_(std::move(connection)),
        now_(std::move(now)),
        limits_(limits),
        window_({.pairs = limits.pairs, .seconds = limits.call_seconds}) {}

  // Before anything else.
  Result<void> begin() {
    const std::scoped_lock lock(mutex_);
    return forget_old(now_());
  }

  // Never waits for the store: while somebody else is at it, calls wait here.
  void note_call(const CallWindow::Call& call) override {
    {
      const std::scoped_lock lock(noted_mutex_);
      if (noted_.size() >= limits_.noted) {
        ++tallies().forgotten;
        return;
      }
      noted_.push_back({std::string(call.called), std::string(call.caller), std::string(call.trunk),
                        std::string(call.call_id), call.shown, call.core, call.at});
    }
    if (const std::unique_lock lock(mutex_, std::try_to_lock); lock.owns_lock()) {
      take_noted();
    }
  }

  Result<Taken> take(const FeedbackReport& report) override {
    const std::scoped_lock lock(mutex_);
    take_noted();
    auto taken = take_locked(report);
    if (!taken) {
      ++tallies().store_errors;
      return taken;
    }
    switch (*taken) {
      case Taken::taken:
        ++(report.verdict == FeedbackVerdict::unwanted ? tallies().unwanted : tallies().wanted);
        break;
      case Taken::no_such_call:
        ++tallies().no_such_call;
        break;
      case Taken::repeated:
        ++tallies().repeated;
        break;
      case Taken::over_limit:
        ++tallies().over_limit;
        break;
    }
    return taken;
  }

  Result<std::vector<Feedback>> list(const std::string& user) const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(connection_.get(),
                             "SELECT caller, verdict, outcome, weight, shown, trunk, at FROM verdict"
                             " WHERE user = ? AND at > ? ORDER BY at DESC, id DESC");
    select.bind(user).bind(now_() - limits_.retention_days * kDay);
    std::vector<Feedback> all;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return all;
      }
      if (select.integer(1) >= number(kVerdicts.size()) || select.integer(2) >= number(kOutcomes.size())) {
        continue;  // of a program with more of them
      }
      all.push_back({.user = user,
                     .caller = select.text(0),
                     .verdict = static_cast<FeedbackVerdict>(select.integer(1)),
                     .outcome = static_cast<FeedbackOutcome>(select.integer(2)),
                     .weight = static_cast<std::uint16_t>(select.integer(3)),
                     .shown = select.integer(4) != 0,
                     .trunk = select.text(5),
                     .at = select.integer(6)});
    }
  }

  Result<std::size_t> undo(const std::string& user, const std::string& caller) override {
    const std::scoped_lock lock(mutex_);
    take_noted();
    auto undone = undo_locked(user, caller);
    if (!undone) {
      ++tallies().store_errors;
    } else {
      tallies().undone += *undone;
      tallies().kept -= std::min<std::uint64_t>(tallies().kept, *undone);
    }
    return undone;
  }

  std::vector<PendingComplaint> take_pending(std::size_t most) override {
    const std::scoped_lock lock(mutex_);
    std::vector<PendingComplaint> taken;
    while (!pending_.empty() && taken.size() < most) {
      taken.push_back(std::move(pending_.front()));
      pending_.pop_front();
    }
    return taken;
  }

 private:
  // A call with texts of its own.
  struct NotedCall {
    std::string called;
    std::string caller;
    std::string trunk;
    std::string call_id;
    bool shown = false;
    std::uint8_t core = 0;
    std::int64_t at = 0;
  };

  void take_noted() {
    std::vector<NotedCall> noted;
    {
      const std::scoped_lock lock(noted_mutex_);
      noted.swap(noted_);
    }
    for (const NotedCall& call : noted) {
      window_.note({.called = call.called,
                    .caller = call.caller,
                    .trunk = call.trunk,
                    .call_id = call.call_id,
                    .shown = call.shown,
                    .core = call.core,
                    .at = call.at});
    }
    tallies().pairs = window_.size();
  }

  Result<void> forget_old(std::int64_t now) {
    if (now >= forgotten_at_ && now - forgotten_at_ < kMinute) {
      return {};
    }
    forgotten_at_ = now;
    sqlite::Statement verdicts(connection_.get(), "DELETE FROM verdict WHERE at <= ?");
    if (const auto done = verdicts.bind(now - limits_.retention_days * kDay).run(); !done) {
      return done;
    }
    sqlite::Statement reporters(connection_.get(), "DELETE FROM reporter WHERE last <= ?");
    if (const auto done = reporters.bind(now - limits_.history_days * kDay).run(); !done) {
      return done;
    }
    sqlite::Statement count(connection_.get(), "SELECT COUNT(*) FROM verdict");
    const auto row = count.step();
    if (!row) {
      return std::unexpected(row.error());
    }
    tallies().kept = static_cast<std::uint64_t>(*row ? count.integer(0) : 0);
    return {};
  }

  bool is_over_rate(std::int64_t now) {
    if (second_ != now) {
      second_ = now;
      in_second_ = 0;
    }
    return ++in_second_ > limits_.per_second;
  }

  // A day of his own: a verdict about a caller stands for all calls of the day, and the next one wants another call.
  static bool said_today(const CallWindow::Pair& pair, std::int64_t now) {
    return pair.said_at != 0 && (pair.said_at / kDay == now / kDay || pair.last <= pair.said_at);
  }

  Result<Taken> take_locked(const FeedbackReport& report) {
    const std::int64_t now = now_();
    if (const auto done = forget_old(now); !done) {
      return std::unexpected(done.error());
    }
    const CallWindow::Pair* const pair = window_.find(report.user, report.caller, now);
    if (pair == nullptr || !is_of_call(*pair, report)) {
      return Taken::no_such_call;
    }
    if (said_today(*pair, now)) {
      return Taken::repeated;
    }
    const auto today = said_since(report.user, now - kDay);
    const auto history = history_of(report.user);
    if (!today || !history) {
      return std::unexpected(today ? history.error() : today.error());
    }
    if (today->count >= limits_.per_day || tallies().kept >= limits_.all) {
      return Taken::over_limit;
    }
    if (today->about_caller(report.caller)) {
      return Taken::repeated;  // before a restart
    }
    if (is_over_rate(now)) {
      return Taken::over_limit;
    }
    const double weight = reporter_weight(*history, window_.choice(*pair, report.verdict));
    return keep(report, *pair, *history, weight, now);
  }

  bool is_of_call(const CallWindow::Pair& pair, const FeedbackReport& report) const {
    const bool then = !report.call_at || (*report.call_at >= pair.first - limits_.call_tolerance &&
                                          *report.call_at <= pair.last + limits_.call_tolerance);
    return then && (report.call_id.empty() || window_.is_of_call(pair, report.call_id));
  }

  struct Said {
    std::size_t count = 0;
    std::vector<std::string> today = {};  // about whom

    [[nodiscard]] bool about_caller(const std::string& caller) const {
      return std::ranges::find(today, caller) != today.end();
    }
  };
  Result<Said> said_since(const std::string& user, std::int64_t since) const {
    sqlite::Statement select(connection_.get(), "SELECT caller, at FROM verdict WHERE user = ? AND at > ?");
    select.bind(user).bind(since);
    const std::int64_t today = now_() / kDay;
    Said said;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return said;
      }
      ++said.count;
      if (select.integer(1) / kDay == today) {
        said.today.push_back(select.text(0));
      }
    }
  }

  Result<ReporterHistory> history_of(const std::string& user) const {
    sqlite::Statement select(connection_.get(),
                             "SELECT CAST(agreed * 1000 AS INTEGER), CAST(contradicted * 1000 AS INTEGER)"
                             " FROM reporter WHERE user = ?");
    const auto row = select.bind(user).step();
    if (!row) {
      return std::unexpected(row.error());
    }
    return *row ? ReporterHistory{static_cast<double>(select.integer(0)) / kThousandths,
                                  static_cast<double>(select.integer(1)) / kThousandths}
                : ReporterHistory{};
  }

  Result<void> put_history(const std::string& user, const ReporterHistory& history, std::int64_t now) {
    sqlite::Statement put(connection_.get(),
                          "INSERT INTO reporter(user, agreed, contradicted, last) VALUES(?, ? / 1000.0, ? / 1000.0, ?)"
                          " ON CONFLICT(user) DO UPDATE SET agreed = excluded.agreed,"
                          " contradicted = excluded.contradicted, last = excluded.last");
    put.bind(user).bind(std::llround(history.agreed * kThousandths));
    return put.bind(std::llround(history.contradicted * kThousandths)).bind(now).run();
  }

  Result<Taken> keep(const FeedbackReport& report, const CallWindow::Pair& pair, const ReporterHistory& history,
                     double weight, std::int64_t now) {
    const auto thousandths = static_cast<std::uint16_t>(std::lround(weight * kFullFeedbackWeight));
    const std::string trunk(window_.trunk(pair));
    PendingComplaint complaint{.user = report.user,
                               .caller = report.caller,
                               .trunk = trunk,
                               .shown = pair.shown,
                               .core = pair.core,
                               .weight = thousandths};
    sqlite::Transaction all(connection_.get());
    if (!all.begun()) {
      return std::unexpected(all.begun().error());
    }
    sqlite::Statement insert(connection_.get(),
                             "INSERT INTO verdict(user, caller, verdict, outcome, weight, shown, trunk, at)"
                             " VALUES(?,?,?,0,?,?,?,?)");
    insert.bind(report.user).bind(report.caller).bind(number(report.verdict)).bind(number(thousandths));
    if (const auto done = insert.bind(number(pair.shown)).bind(trunk).bind(now).run(); !done) {
      return std::unexpected(done.error());
    }
    if (const auto done = put_history(report.user, history, now); !done) {
      return std::unexpected(done.error());
    }
    if (const auto done = all.commit(); !done) {
      return std::unexpected(done.error());
    }
    ++tallies().kept;
    const auto row = static_cast<std::uint64_t>(sqlite3_last_insert_rowid(connection_.get()));
    window_.say(report.user, report.caller, report.verdict, weight, row, now);
    tell(std::move(complaint), report.verdict);
    if (const auto settled = settle_others(report.user, report.caller); !settled) {
      return std::unexpected(settled.error());
    }
    return Taken::taken;
  }

  void tell(PendingComplaint complaint, FeedbackVerdict verdict) {
    if (complaint.weight == 0) {
      ++tallies().weightless;
    } else if (verdict == FeedbackVerdict::unwanted) {
      if (pending_.size() >= limits_.untold) {
        pending_.pop_front();
        ++tallies().untold;
      }
      pending_.push_back(std::move(complaint));
    }
  }

  // Whoever has said something about this caller is judged anew by what the others say.
  Result<void> settle_others(const std::string& user, const std::string& caller) {
    const std::vector<CallWindow::Settled> settled = window_.settle(user, caller);
    if (settled.empty()) {
      return {};
    }
    sqlite::Transaction all(connection_.get());
    if (!all.begun()) {
      return all.begun();
    }
    for (const CallWindow::Settled& each : settled) {
      if (const auto done = settle_one(each); !done) {
        return done;
      }
    }
    return all.commit();
  }

  Result<void> settle_one(const CallWindow::Settled& settled) {
    std::string user;
    std::int64_t at = 0;
    {
      sqlite::Statement select(connection_.get(), "SELECT user, at FROM verdict WHERE id = ?");
      const auto row = select.bind(number(settled.row)).step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return {};  // its time is over
      }
      user = select.text(0);
      at = select.integer(1);
    }
    auto history = history_of(user);
    if (!history) {
      return std::unexpected(history.error());
    }
    const auto change = [&](FeedbackOutcome outcome) {
      return number(settled.now == outcome) - number(settled.before == outcome);
    };
    settle(*history, static_cast<double>(change(FeedbackOutcome::agreed)),
           static_cast<double>(change(FeedbackOutcome::contradicted)));
    tallies().agreed += settled.now == FeedbackOutcome::agreed ? 1U : 0U;
    tallies().contradicted += settled.now == FeedbackOutcome::contradicted ? 1U : 0U;
    sqlite::Statement update(connection_.get(), "UPDATE verdict SET outcome = ? WHERE id = ?");
    if (const auto done = update.bind(number(settled.now)).bind(number(settled.row)).run(); !done) {
      return done;
    }
    return put_history(user, *history, at);
  }

  Result<std::size_t> undo_locked(const std::string& user, const std::string& caller) {
    std::vector<std::string> callers;
    {
      sqlite::Statement select(connection_.get(),
                               caller.empty() ? "SELECT DISTINCT caller FROM verdict WHERE user = ?"
                                              : "SELECT DISTINCT caller FROM verdict WHERE user = ? AND caller = ?");
      select.bind(user);
      if (!caller.empty()) {
        select.bind(caller);
      }
      for (auto row = select.step(); !row || *row; row = select.step()) {
        if (!row) {
          return std::unexpected(row.error());
        }
        callers.push_back(select.text(0));
      }
    }
    std::size_t undone = 0;
    for (const std::string& each : callers) {
      sqlite::Statement erase(connection_.get(), "DELETE FROM verdict WHERE user = ? AND caller = ?");
      if (const auto done = erase.bind(user).bind(each).run(); !done) {
        return std::unexpected(done.error());
      }
      undone += static_cast<std::size_t>(sqlite3_changes64(connection_.get()));
      std::erase_if(pending_, [&](const PendingComplaint& one) { return one.user == user && one.caller == each; });
      window_.unsay(user, each);
      if (const auto settled = settle_others(user, each); !settled) {
        return std::unexpected(settled.error());
      }
    }
    return undone;
  }

  sqlite::Connection connection_;
  Now now_;
  FeedbackLimits limits_;
  std::mutex noted_mutex_;  // of what follows; taken behind the other one
  std::vector<NotedCall> noted_;
  mutable std::mutex mutex_;  // of all that follows, and of the connection
  CallWindow window_;
  std::deque<PendingComplaint> pending_;
  std::int64_t forgotten_at_ = 0;
  std::int64_t second_ = 0;
  std::size_t in_second_ = 0;
};

}  // namespace

std::string_view to_string(FeedbackVerdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::string_view to_string(FeedbackOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

FeedbackDesk::Result<std::unique_ptr<FeedbackDesk>> FeedbackDesk::open(const std::filesystem::path& file, Now now,
                                                                       const FeedbackLimits& limits) {
  return sqlite::open_desk<SqliteFeedback>(file, kFeedbackLayout, std::move(now), limits);
}

}  // namespace stirline::control
