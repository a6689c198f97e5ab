#include "control/policy/list_store.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "config/policy/rule.hpp"
#include "config/text_rules.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/store/database.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::identity_key;
using config::policy::Key;
using config::policy::KeyKind;
using config::policy::KeySecret;
using config::policy::ListTableWriter;
using config::policy::ListUntil;

constexpr std::array<std::string_view, kSubjectKinds> kKindNames{
    "number", "prefix", "range", "uri", "domain", "spc", "certificate", "trunk",
};

// The lists' numbers and the kinds' are those of the enums: neither may change its order.
constexpr std::array<const char*, 2> kSteps{
    "CREATE TABLE entries (owner TEXT NOT NULL, list INTEGER NOT NULL, kind INTEGER NOT NULL, subject TEXT NOT NULL,"
    " until INTEGER, origin TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (owner, list, kind, subject)) WITHOUT ROWID;"
    "CREATE INDEX ended ON entries (until) WHERE until IS NOT NULL",
    "CREATE TABLE changes (owner TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX changed ON changes (number);"
    "INSERT INTO changes SELECT DISTINCT owner, 1 FROM entries",
};
constexpr std::int64_t kApplicationId = 0x5354'4c53;  // "STLS"

std::expected<std::string, std::string> range_of(std::string_view text, const sip::DialPlan& dial_plan) {
  const std::size_t dash = text.find('-', 1);
  const auto first = sip::canonical_number(text.substr(0, dash), dial_plan);
  const auto last =
      dash == std::string_view::npos ? std::nullopt : sip::canonical_number(text.substr(dash + 1), dial_plan);
  if (!first || !last || first->view().size() != last->view().size() || first->view() > last->view()) {
    return std::unexpected("is no range \"first-last\" of numbers of one length");
  }
  return std::string(first->view()) + "-" + std::string(last->view());
}

template <typename Text>
std::expected<std::string, std::string> or_error(std::optional<Text> text, const char* what) {
  return text ? std::expected<std::string, std::string>(std::move(*text)) : std::unexpected(std::string(what));
}

std::optional<std::string> if_so(bool good, std::string_view text) {
  return good ? std::optional(std::string(text)) : std::nullopt;
}

class SqliteListStore final : public ListStore {
 public:
  explicit SqliteListStore(sqlite::Connection connection) : connection_(std::move(connection)) {}

  Done change(const std::function<Done(const Put& put)>& fill) override {
    return in_transaction([&] { return fill([this](const ListEntry& entry) { return put(entry); }); });
  }

  Done offer(const OfferLimits& limits, const std::function<Done(const Offer& offer)>& fill) override {
    return in_transaction([&] { return fill([&](const ListEntry& entry) { return offer(entry, limits); }); });
  }

  std::expected<bool, std::string> remove(const ListEntry& entry) override {
    sqlite::Statement statement(connection_.get(),
                                "DELETE FROM entries WHERE owner = ? AND list = ? AND kind = ? AND subject = ?");
    statement.bind(entry.owner).bind(std::int64_t{static_cast<int>(entry.list)});
    statement.bind(std::int64_t{static_cast<int>(entry.kind)}).bind(entry.subject);
    const auto removed = remove_by(statement, entry.owner);
    return removed ? std::expected<bool, std::string>(*removed != 0) : std::unexpected(removed.error());
  }

  std::expected<std::int64_t, std::string> remove(const ListFilter& filter) override {
    if (!filter.owner) {
      return std::unexpected("it is not said whose entries are to go");
    }
    sqlite::Statement statement(connection_.get(), "DELETE FROM entries" + where(filter));
    bind(filter, statement);
    return remove_by(statement, *filter.owner);
  }

  Done each(const ListFilter& filter, const std::function<bool(const ListEntry&)>& take) const override {
    sqlite::Statement ask(connection_.get(),
                          "SELECT owner, list, kind, subject, until, until IS NULL, origin, note FROM entries" +
                              where(filter) + " ORDER BY owner, list, kind, subject");
    bind(filter, ask);
    for (;;) {
      const auto row = ask.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return {};
      }
      const std::int64_t list = ask.integer(1);
      const std::int64_t kind = ask.integer(2);
      if (list < 0 || list >= std::int64_t{config::policy::kLists} || kind < 0 || kind >= std::int64_t{kSubjectKinds}) {
        return std::unexpected("the store of lists has an entry of an unknown kind");
      }
      if (!take({.owner = ask.text(0),
                 .list = static_cast<config::policy::List>(list),
                 .kind = static_cast<SubjectKind>(kind),
                 .subject = ask.text(3),
                 .until = ask.integer(5) != 0 ? std::nullopt : std::optional(ask.integer(4)),
                 .origin = ask.text(6),
                 .note = ask.text(7)})) {
        return {};
      }
    }
  }

  // From owner to owner by the index, past the operator's millions.
  std::expected<std::vector<std::string>, std::string> users() const override {
    sqlite::Statement ask(connection_.get(),
                          "WITH RECURSIVE found (owner) AS (SELECT MIN(owner) FROM entries UNION ALL SELECT"
                          " (SELECT MIN(owner) FROM entries WHERE owner > found.owner) FROM found"
                          " WHERE found.owner IS NOT NULL) SELECT owner FROM found WHERE owner IS NOT NULL");
    auto all = texts_of(ask);
    if (all) {
      std::erase_if(*all, [](const std::string& owner) { return !user_of(owner); });
    }
    return all;
  }

  std::expected<std::int64_t, std::string> last_change() const override {
    sqlite::Statement newest(connection_.get(), "SELECT COALESCE(MAX(number), 0) FROM changes");
    const auto row = newest.step();
    return row ? std::expected<std::int64_t, std::string>(newest.integer(0)) : std::unexpected(row.error());
  }

  std::expected<ListChanges, std::string> changes_since(std::int64_t number) const override {
    const auto newest = last_change();
    if (!newest) {
      return std::unexpected(newest.error());
    }
    if (*newest <= number) {
      return ListChanges{.number = number};
    }
    ListChanges changes{.number = *newest};
    sqlite::Statement ask(connection_.get(), "SELECT owner FROM changes WHERE number > ? AND number <= ?");
    auto owners = texts_of(ask.bind(number).bind(changes.number));
    if (!owners) {
      return std::unexpected(owners.error());
    }
    changes.owners = std::move(*owners);
    return changes;
  }

  std::expected<std::int64_t, std::string> size() const override {
    sqlite::Statement ask(connection_.get(), "SELECT COUNT(*) FROM entries");
    const auto row = ask.step();
    return row ? std::expected<std::int64_t, std::string>(ask.integer(0)) : std::unexpected(row.error());
  }

  std::expected<std::int64_t, std::string> forget_ended(std::int64_t time) override {
    std::int64_t count = 0;
    const Done done = in_transaction([&]() -> Done {
      sqlite::Statement who(connection_.get(), "SELECT DISTINCT owner FROM entries WHERE until < ?");
      auto owners = texts_of(who.bind(time));
      if (!owners) {
        return std::unexpected(owners.error());
      }
      touched_.insert(owners->begin(), owners->end());
      sqlite::Statement statement(connection_.get(), "DELETE FROM entries WHERE until < ?");
      const Done gone = statement.bind(time).run();
      count = sqlite3_changes64(connection_.get());
      return gone;
    });
    return done ? std::expected<std::int64_t, std::string>(count) : std::unexpected(done.error());
  }

 private:
  using Prepared = std::unique_ptr<sqlite3_stmt, sqlite::Finalize>;

  // Everything `act` does, or nothing, and the note of whose entries it was about.
  Done in_transaction(const std::function<Done()>& act) {
    sqlite::Transaction transaction(connection_.get());
    touched_.clear();
    if (!transaction.begun()) {
      return transaction.begun();
    }
    Done done = act();
    for (auto owner = touched_.begin(); done && owner != touched_.end(); ++owner) {
      sqlite::Statement note(connection_.get(),
                             "INSERT OR REPLACE INTO changes SELECT ?, COALESCE(MAX(number), 0) + ? FROM changes");
      // One number for all of a transaction: the first of them makes it.
      done = note.bind(*owner).bind(std::int64_t{owner == touched_.begin() ? 1 : 0}).run();
    }
    return done ? transaction.commit() : done;
  }

  std::expected<std::int64_t, std::string> remove_by(sqlite::Statement& statement, const std::string& owner) {
    std::int64_t count = 0;
    const Done done = in_transaction([&]() -> Done {
      const Done gone = statement.run();
      count = sqlite3_changes64(connection_.get());
      if (gone && count != 0) {
        touched_.insert(owner);
      }
      return gone;
    });
    return done ? std::expected<std::int64_t, std::string>(count) : std::unexpected(done.error());
  }

  // Only what is asked about stands there, so that the index is used.
  static std::string where(const ListFilter& filter) {
    std::string text;
    const auto add = [&](bool wanted, const char* condition) {
      if (wanted) {
        text += (text.empty() ? " WHERE " : " AND ") + std::string(condition);
      }
    };
    add(filter.owner.has_value(), "owner = ?");
    add(filter.list.has_value(), "list = ?");
    add(filter.origin.has_value(), "origin = ?");
    add(filter.subject.has_value(), "subject = ?");
    return text;
  }
  // In the same order; the filter outlives the statement.
  static void bind(const ListFilter& filter, sqlite::Statement& statement) {
    if (filter.owner) {
      statement.bind(*filter.owner);
    }
    if (filter.list) {
      statement.bind(std::int64_t{static_cast<int>(*filter.list)});
    }
    if (filter.origin) {
      statement.bind(*filter.origin);
    }
    if (filter.subject) {
      statement.bind(*filter.subject);
    }
  }

  static std::expected<std::vector<std::string>, std::string> texts_of(sqlite::Statement& ask) {
    std::vector<std::string> texts;
    for (;;) {
      const auto row = ask.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return texts;
      }
      texts.push_back(ask.text(0));
    }
  }

  Done put(const ListEntry& entry) {
    const auto done = run(insert_, "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", entry, {});
    return done ? Done() : std::unexpected(done.error());
  }

  std::expected<bool, std::string> offer(const ListEntry& entry, const OfferLimits& limits) {
    sqlite::Statement count(connection_.get(), "SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE owner = ? LIMIT ?)");
    if (const auto row = count.bind(entry.owner).bind(limits.most).step(); !row) {
      return std::unexpected(row.error());
    }
    const bool is_full = count.integer(0) >= limits.most;
    // Of one that is there, only the end may change. Both statements have all eight places.
    return run(is_full ? prolong_ : offer_,
               is_full ? "UPDATE entries SET until = ?5 WHERE owner = ?1 AND list = ?2 AND kind = ?3 AND subject = ?4"
                         " AND origin = ?6 AND until <= ?5 - ?8 AND ?7 IS NOT NULL"
                       : "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET until ="
                         " excluded.until WHERE origin = excluded.origin AND until <= excluded.until - ?8",
               entry, limits.worth);
  }

  // Bound by hand: this runs ten million times, and the statement is prepared once. True: something has changed.
  std::expected<bool, std::string> run(Prepared& prepared, std::string_view sql, const ListEntry& entry,
                                       std::optional<std::int64_t> worth) {
    if (!prepared) {
      sqlite3_stmt* made = nullptr;
      if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                             &made, nullptr) != SQLITE_OK) {
        return std::unexpected(sqlite::error_of(connection_.get()));
      }
      prepared.reset(made);
    }
    sqlite3_stmt* const statement = prepared.get();
    const auto bind_text = [&](int place, const std::string& text) {
      return sqlite3_bind_text64(statement, place, text.data(), text.size(), nullptr, SQLITE_UTF8) == SQLITE_OK;
    };
    const bool bound =
        bind_text(1, entry.owner) && sqlite3_bind_int(statement, 2, static_cast<int>(entry.list)) == SQLITE_OK &&
        sqlite3_bind_int(statement, 3, static_cast<int>(entry.kind)) == SQLITE_OK && bind_text(4, entry.subject) &&
        (entry.until ? sqlite3_bind_int64(statement, 5, *entry.until) : sqlite3_bind_null(statement, 5)) == SQLITE_OK &&
        bind_text(6, entry.origin) && bind_text(7, entry.note) &&
        (!worth || sqlite3_bind_int64(statement, 8, *worth) == SQLITE_OK);
    const bool done = bound && sqlite3_step(statement) == SQLITE_DONE;
    if (sqlite3_reset(statement) != SQLITE_OK || !done) {
      return std::unexpected(sqlite::error_of(connection_.get()));
    }
    const bool has_changed = sqlite3_changes64(connection_.get()) != 0;
    if (has_changed && (touched_.empty() || last_touched_ != entry.owner)) {
      last_touched_ = *touched_.insert(entry.owner).first;
    }
    return has_changed;
  }

  sqlite::Connection connection_;
  Prepared insert_;
  Prepared offer_;
  Prepared prolong_;
  std::set<std::string> touched_;  // owners, within a transaction
  std::string last_touched_;       // of them: entries come owner by owner
};

Key key_of(const KeySecret& secret, const ListEntry& entry) {
  switch (entry.kind) {
    case SubjectKind::domain:
      return text_key(secret, KeyKind::domain, entry.subject);
    case SubjectKind::spc:
      return text_key(secret, KeyKind::spc, entry.subject);
    case SubjectKind::certificate:
      return text_key(secret, KeyKind::certificate, entry.subject);
    case SubjectKind::trunk:
      return text_key(secret, KeyKind::trunk, entry.subject);
    default:
      return identity_key(secret, entry.subject);
  }
}

void add(const ListEntry& entry, const KeySecret& secret, ListTableWriter& writer) {
  const auto until = static_cast<ListUntil>(
      std::clamp<std::int64_t>(entry.until.value_or(config::policy::kForEver), 0, config::policy::kForEver));
  const std::uint16_t origin = writer.origin(entry.origin.empty() ? "unknown" : entry.origin);
  if (entry.kind == SubjectKind::prefix) {
    writer.add_prefix(entry.list, key_of(secret, entry), until, origin);
  } else if (entry.kind == SubjectKind::range) {
    const std::size_t dash = entry.subject.find('-');
    writer.add_range(entry.list, identity_key(secret, std::string_view(entry.subject).substr(0, dash)),
                     identity_key(secret, std::string_view(entry.subject).substr(dash + 1)), until, origin);
  } else {
    writer.add(entry.list, key_of(secret, entry), until, origin);
  }
}

// As packet cores have it: without the blanks that RFC 2253 4 lets people write between the parts.
std::expected<std::string, std::string> certificate_subject(std::string_view text) {
  std::string subject;
  bool escaped = false;
  bool between = false;
  for (const char c : text) {
    if (between && c == ' ') {
      continue;
    }
    subject += c;
    between = !escaped && (c == ',' || c == '+');
    escaped = !escaped && c == '\\';
  }
  return or_error(if_so(config::is_certificate_subject(subject), subject), "is not 1 to 255 printable characters");
}

}  // namespace

std::string owner_of(std::string_view identity) {
  return (config::is_digits(identity, 1, config::kMaxE164Digits) ? "tel:+" : "") + std::string(identity);
}

std::optional<std::string> user_of(std::string_view owner) {
  const auto identity = canonical_identity(owner, {});
  return identity && owner_of(*identity) == owner ? identity : std::nullopt;
}

std::string_view to_string(SubjectKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

std::expected<std::string, std::string> canonical_subject(SubjectKind kind, std::string_view text,
                                                          const sip::DialPlan& dial_plan) {
  switch (kind) {
    case SubjectKind::number: {
      const auto number = sip::canonical_number(text, dial_plan);
      return or_error(number ? std::optional(std::string(number->view())) : std::nullopt, "is no telephone number");
    }
    case SubjectKind::prefix: {
      const std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
      return or_error(if_so(config::is_digits(digits, 1, config::kMaxE164Digits), digits), "is not 1 to 15 digits");
    }
    case SubjectKind::range:
      return range_of(text, dial_plan);
    case SubjectKind::uri: {
      const auto uri = canonical_identity(text, dial_plan);
      const bool is_number = uri && config::is_digits(*uri, 1, config::kMaxE164Digits);
      return or_error(is_number ? std::nullopt : uri, "is no sip or sips URI without a telephone number");
    }
    case SubjectKind::domain:
      return or_error(canonical_domain(text), "is no domain");
    case SubjectKind::spc:
      return or_error(if_so(config::is_spc(text), text), "is no service provider code");
    case SubjectKind::certificate:
      return certificate_subject(text);
    case SubjectKind::trunk:
      return or_error(if_so(config::is_name(text), text), "is no name of a trunk");
  }
  return std::unexpected("is of no kind");
}

std::expected<std::unique_ptr<ListStore>, std::string> open_list_store(const std::filesystem::path& file) {
  auto connection = sqlite::open_database(
      file, {.application_id = kApplicationId, .steps = kSteps, .sharing = sqlite::Sharing::processes},
      sqlite::Use::create);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  return std::make_unique<SqliteListStore>(std::move(*connection));
}

std::expected<config::tables::Image, std::string> make_list_table(const ListStore& store, const KeySecret& secret,
                                                                  const config::policy::ListSettings& settings,
                                                                  std::int64_t now) {
  ListTableWriter writer(secret, settings);
  const auto read = store.each({.owner = std::string(kOperator)}, [&](const ListEntry& entry) {
    if (!entry.until || now < *entry.until) {
      add(entry, secret, writer);
    }
    return true;
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return writer.take();
}

}  // namespace stirline::control::policy
