#include "control/certificates/certificate_store.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "config/text_rules.hpp"
#include "control/store/database.hpp"
#include "crypto_workers/certificate/pem.hpp"

namespace stirline::control {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxErrorBytes = 512;

constexpr const char* kSchema =
    "CREATE TABLE chain("
    " url TEXT PRIMARY KEY NOT NULL, pem TEXT NOT NULL, content_type TEXT NOT NULL,"
    " fetched_at INTEGER NOT NULL, refresh_at INTEGER NOT NULL, keep_until INTEGER NOT NULL,"
    " source INTEGER NOT NULL, proven INTEGER NOT NULL, last_error TEXT NOT NULL) STRICT;"
    "CREATE INDEX chain_by_worth ON chain(source, proven, fetched_at);";

// What version 2 has beyond version 1.
constexpr const char* kListSchema =
    "CREATE TABLE list("
    " kind INTEGER NOT NULL, url TEXT NOT NULL, body BLOB NOT NULL,"
    " fetched_at INTEGER NOT NULL, refresh_at INTEGER NOT NULL, keep_until INTEGER NOT NULL,"
    " last_error TEXT NOT NULL, PRIMARY KEY(kind, url)) STRICT;";

constexpr std::array kCertificateSteps = {kSchema, kListSchema};
constexpr sqlite::Layout kCertificateLayout{.application_id = 0x5354524c, .steps = kCertificateSteps};  // "STRL"

constexpr std::string_view kColumns =
    "url, pem, content_type, fetched_at, refresh_at, keep_until, source, proven, last_error";
constexpr std::string_view kListColumns = "kind, url, body, fetched_at, refresh_at, keep_until, last_error";

class SqliteStore : public CertificateStore {
 public:
  SqliteStore(sqlite::Connection connection, std::string name, const StoreLimits& limits)
      : connection_(std::move(connection)), name_(std::move(name)), limits_(limits) {}

  Result<std::vector<StoredChain>> load() const override {
    std::vector<StoredChain> chains;
    sqlite::Statement select(connection_.get(), fmt::format("SELECT {} FROM chain ORDER BY url", kColumns));
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(told(row.error()));
      }
      if (!*row) {
        return chains;
      }
      StoredChain chain{select.text(0),
                        select.text(1),
                        select.text(2),
                        select.integer(3),
                        select.integer(4),
                        select.integer(5),
                        select.integer(6) == 0 ? ChainSource::fetched : ChainSource::imported,
                        select.integer(7) != 0,
                        select.text(8)};
      // Whoever can write the file could have put anything there.
      if (!config::is_uri_text(chain.url) || chain.pem.size() > crypto::kMaxChainBytes) {
        return std::unexpected(told("it holds a chain that was never put there by us"));
      }
      chains.push_back(std::move(chain));
    }
  }

  Result<std::vector<std::string>> put(const StoredChain& chain) override {
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return std::unexpected(told(transaction.begun().error()));
    }
    sqlite::Statement insert(connection_.get(),
                             fmt::format("INSERT OR REPLACE INTO chain({}) VALUES(?,?,?,?,?,?,?,?,?)", kColumns));
    insert.bind(chain.url).bind(chain.pem).bind(chain.content_type);
    insert.bind(chain.fetched_at).bind(chain.refresh_at).bind(chain.keep_until);
    insert.bind(static_cast<std::int64_t>(chain.source)).bind(chain.proven ? 1 : 0).bind(chain.last_error);
    if (const auto done = insert.run(); !done) {
      return std::unexpected(told(done.error()));
    }
    auto gone = make_room(chain.url);
    if (!gone) {
      return gone;
    }
    if (const auto done = transaction.commit(); !done) {
      return std::unexpected(told(done.error()));
    }
    return gone;
  }

  Result<void> note_error(const std::string& url, const std::string& error, std::int64_t refresh_at) override {
    sqlite::Statement update(connection_.get(), "UPDATE chain SET last_error = ?, refresh_at = ? WHERE url = ?");
    return told(update.bind(std::string_view(error).substr(0, kMaxErrorBytes)).bind(refresh_at).bind(url).run());
  }

  Result<void> note_proven(const std::string& url, bool proven) override {
    sqlite::Statement update(connection_.get(), "UPDATE chain SET proven = ? WHERE url = ?");
    return told(update.bind(proven ? 1 : 0).bind(url).run());
  }

  Result<bool> forget(const std::string& url) override {
    sqlite::Statement remove(connection_.get(), "DELETE FROM chain WHERE url = ?");
    if (const auto done = remove.bind(url).run(); !done) {
      return std::unexpected(told(done.error()));
    }
    return sqlite3_changes(connection_.get()) > 0;
  }

  Result<std::vector<std::string>> purge(std::int64_t now) override {
    sqlite::Statement remove(connection_.get(), "DELETE FROM chain WHERE keep_until < ? RETURNING url");
    remove.bind(now);
    return urls_of(remove);
  }

  Result<std::vector<StoredList>> load_lists() const override {
    std::vector<StoredList> lists;
    sqlite::Statement select(connection_.get(), fmt::format("SELECT {} FROM list ORDER BY kind, url", kListColumns));
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(told(row.error()));
      }
      if (!*row) {
        return lists;
      }
      const std::int64_t kind = select.integer(0);
      StoredList list{{static_cast<ListKind>(kind), select.text(1)},
                      select.blob(2),
                      select.integer(3),
                      select.integer(4),
                      select.integer(5),
                      select.text(6)};
      if (kind < 0 || kind > static_cast<std::int64_t>(ListKind::numbers) || !config::is_uri_text(list.name.url) ||
          list.body.size() > crypto::kMaxRevocationListBytes) {
        return std::unexpected(told("it holds a list that was never put there by us"));
      }
      lists.push_back(std::move(list));
    }
  }

  Result<void> put_list(const StoredList& list) override {
    sqlite::Statement insert(connection_.get(),
                             fmt::format("INSERT OR REPLACE INTO list({}) VALUES(?,?,?,?,?,?,?)", kListColumns));
    insert.bind(static_cast<std::int64_t>(list.name.kind)).bind(list.name.url).bind_blob(list.body);
    insert.bind(list.fetched_at).bind(list.refresh_at).bind(list.keep_until).bind(list.last_error);
    return told(insert.run());
  }

  Result<void> note_list_error(const ListName& name, const std::string& error, std::int64_t refresh_at) override {
    sqlite::Statement update(connection_.get(),
                             "UPDATE list SET last_error = ?, refresh_at = ? WHERE kind = ? AND url = ?");
    update.bind(std::string_view(error).substr(0, kMaxErrorBytes)).bind(refresh_at);
    return told(update.bind(static_cast<std::int64_t>(name.kind)).bind(name.url).run());
  }

  Result<void> forget_list(const ListName& name) override {
    sqlite::Statement remove(connection_.get(), "DELETE FROM list WHERE kind = ? AND url = ?");
    return told(remove.bind(static_cast<std::int64_t>(name.kind)).bind(name.url).run());
  }

 private:
  [[nodiscard]] std::string told(const std::string& error) const { return fmt::format("{}: {}", name_, error); }

  [[nodiscard]] Result<void> told(const Result<void>& done) const {
    return done ? done : std::unexpected(told(done.error()));
  }

  Result<std::vector<std::string>> urls_of(sqlite::Statement& statement) const {
    std::vector<std::string> urls;
    while (true) {
      const auto row = statement.step();
      if (!row) {
        return std::unexpected(told(row.error()));
      }
      if (!*row) {
        return urls;
      }
      urls.push_back(statement.text(0));
    }
  }

  Result<std::vector<std::string>> make_room(const std::string& keep) {
    sqlite::Statement count(connection_.get(),
                            "SELECT COUNT(*), COALESCE(SUM(LENGTH(CAST(pem AS BLOB))), 0) FROM chain");
    if (const auto row = count.step(); !row) {
      return std::unexpected(told(row.error()));
    }
    auto entries = static_cast<std::size_t>(count.integer(0));
    auto octets = static_cast<std::size_t>(count.integer(1));
    std::vector<std::string> gone;
    while (entries > limits_.entries || octets > limits_.octets) {
      sqlite::Statement remove(connection_.get(),
                               "DELETE FROM chain WHERE url = (SELECT url FROM chain WHERE url <> ?"
                               " ORDER BY source, proven, fetched_at, url LIMIT 1)"
                               " RETURNING url, LENGTH(CAST(pem AS BLOB))");
      const auto row = remove.bind(keep).step();
      if (!row) {
        return std::unexpected(told(row.error()));
      }
      if (!*row) {
        break;
      }
      gone.push_back(remove.text(0));
      octets -= static_cast<std::size_t>(remove.integer(1));
      --entries;
    }
    return gone;
  }

  sqlite::Connection connection_;
  std::string name_;
  StoreLimits limits_;
};

}  // namespace

std::string_view to_string(ChainSource source) {
  return source == ChainSource::fetched ? "fetched" : "imported";
}

std::expected<std::unique_ptr<CertificateStore>, std::string> open_sqlite_store(const fs::path& file,
                                                                                const StoreLimits& limits,
                                                                                sqlite::Use use) {
  const std::string name = file.empty() ? "the certificate store in memory" : file.string();
  auto connection = sqlite::open_database(file, kCertificateLayout, use);
  if (!connection) {
    return std::unexpected(fmt::format("{}: {}", name, connection.error()));
  }
  return std::make_unique<SqliteStore>(std::move(*connection), name, limits);
}

}  // namespace stirline::control
