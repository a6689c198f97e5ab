#include "control/policy/list_store.hpp"

#include <algorithm>
#include <array>

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
constexpr std::array<const char*, 1> kSteps{
    "CREATE TABLE entries (owner TEXT NOT NULL, list INTEGER NOT NULL, kind INTEGER NOT NULL, subject TEXT NOT NULL,"
    " until INTEGER, origin TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (owner, list, kind, subject)) WITHOUT ROWID;"
    "CREATE INDEX ended ON entries (until) WHERE until IS NOT NULL",
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
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return transaction.begun();
    }
    if (auto filled = fill([this](const ListEntry& entry) { return put(entry); }); !filled) {
      return filled;
    }
    return transaction.commit();
  }

  std::expected<bool, std::string> remove(const ListEntry& entry) override {
    sqlite::Statement statement(connection_.get(),
                                "DELETE FROM entries WHERE owner = ? AND list = ? AND kind = ? AND subject = ?");
    statement.bind(entry.owner).bind(std::int64_t{static_cast<int>(entry.list)});
    statement.bind(std::int64_t{static_cast<int>(entry.kind)}).bind(entry.subject);
    if (auto done = statement.run(); !done) {
      return std::unexpected(done.error());
    }
    return sqlite3_changes64(connection_.get()) != 0;
  }

  Done each(const ListFilter& filter, const std::function<bool(const ListEntry&)>& take) const override {
    const std::string owner = filter.owner.value_or("");
    sqlite::Statement ask(connection_.get(),
                          "SELECT owner, list, kind, subject, until, until IS NULL, origin, note FROM entries"
                          " WHERE (?1 = '' OR owner = ?1) AND (?2 < 0 OR list = ?2)"
                          " ORDER BY owner, list, kind, subject");
    ask.bind(owner);
    ask.bind(std::int64_t{filter.list ? static_cast<int>(*filter.list) : -1});
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

  std::expected<std::int64_t, std::string> size() const override {
    sqlite::Statement ask(connection_.get(), "SELECT COUNT(*) FROM entries");
    const auto row = ask.step();
    return row ? std::expected<std::int64_t, std::string>(ask.integer(0)) : std::unexpected(row.error());
  }

  std::expected<std::int64_t, std::string> forget_ended(std::int64_t time) override {
    sqlite::Statement statement(connection_.get(), "DELETE FROM entries WHERE until < ?");
    if (auto done = statement.bind(time).run(); !done) {
      return std::unexpected(done.error());
    }
    return sqlite3_changes64(connection_.get());
  }

 private:
  Done put(const ListEntry& entry) {
    // Bound by hand: this runs ten million times, and the statement is prepared once.
    if (!insert_) {
      sqlite3_stmt* made = nullptr;
      constexpr std::string_view kInsert = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)";
      if (sqlite3_prepare_v3(connection_.get(), kInsert.data(), static_cast<int>(kInsert.size()),
                             SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
        return std::unexpected(sqlite::error_of(connection_.get()));
      }
      insert_.reset(made);
    }
    sqlite3_stmt* const insert = insert_.get();
    const auto bind_text = [&](int place, const std::string& text) {
      return sqlite3_bind_text64(insert, place, text.data(), text.size(), nullptr, SQLITE_UTF8) == SQLITE_OK;
    };
    const bool bound =
        bind_text(1, entry.owner) && sqlite3_bind_int(insert, 2, static_cast<int>(entry.list)) == SQLITE_OK &&
        sqlite3_bind_int(insert, 3, static_cast<int>(entry.kind)) == SQLITE_OK && bind_text(4, entry.subject) &&
        (entry.until ? sqlite3_bind_int64(insert, 5, *entry.until) : sqlite3_bind_null(insert, 5)) == SQLITE_OK &&
        bind_text(6, entry.origin) && bind_text(7, entry.note);
    const bool done = bound && sqlite3_step(insert) == SQLITE_DONE;
    if (sqlite3_reset(insert) != SQLITE_OK || !done) {
      return std::unexpected(sqlite::error_of(connection_.get()));
    }
    return {};
  }

  sqlite::Connection connection_;
  std::unique_ptr<sqlite3_stmt, sqlite::Finalize> insert_;
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

}  // namespace

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
      return or_error(if_so(!text.empty() && text.size() <= config::policy::kMaxTextBytes, text),
                      "is not 1 to 255 octets");
    case SubjectKind::trunk:
      return or_error(if_so(config::is_name(text), text), "is no name of a trunk");
  }
  return std::unexpected("is of no kind");
}

std::expected<std::unique_ptr<ListStore>, std::string> open_list_store(const std::filesystem::path& file) {
  auto connection =
      sqlite::open_database(file, {.application_id = kApplicationId, .steps = kSteps}, sqlite::Use::create);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  return std::make_unique<SqliteListStore>(std::move(*connection));
}

std::expected<config::tables::Image, std::string> make_list_table(const ListStore& store, const KeySecret& secret,
                                                                  std::int64_t now) {
  ListTableWriter writer(secret);
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
