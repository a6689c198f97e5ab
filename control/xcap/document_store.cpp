#include "control/xcap/document_store.hpp"

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "control/store/database.hpp"
#include "control/xcap/document_tag.hpp"

namespace stirline::control {

namespace {

constexpr int kDocumentsPerLock = 64;  // 16 MiB at most

constexpr std::array kSteps = {
    "CREATE TABLE document("
    " usage TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL,"
    " PRIMARY KEY(usage, owner, name)) STRICT;"
    "CREATE TABLE change(last INTEGER NOT NULL) STRICT;"
    "INSERT INTO change(last) VALUES(0);",
    "CREATE TABLE kept(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT;"};
constexpr sqlite::Layout kLayout{
    .application_id = 0x53545844, .steps = kSteps, .durability = sqlite::Durability::commit};  // "STXD"

class SqliteDocuments : public DocumentStore {
 public:
  SqliteDocuments(sqlite::Connection connection, std::string name)
      : connection_(std::move(connection)), name_(std::move(name)) {}

  Result<std::optional<StoredDocument>> find(const DocumentKey& key) const override {
    const std::scoped_lock lock(mutex_);
    return find_locked(key);
  }

  Result<std::optional<std::string>> put(const DocumentKey& key, const std::string& body,
                                         const std::string& expected) override {
    auto kept = put_locked(key, body, expected);
    if (kept && *kept && listener_) {
      listener_(key.usage, key.owner);
    }
    return kept;
  }

  Result<bool> remove(const DocumentKey& key, const std::string& expected) override {
    const auto gone = remove_locked(key, expected);
    if (gone && *gone && listener_) {
      listener_(key.usage, key.owner);
    }
    return gone;
  }

  Result<std::size_t> count(const std::string& usage, const std::string& owner) const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement ask(connection_.get(), "SELECT COUNT(*) FROM document WHERE usage = ? AND owner = ?");
    return counted(ask.bind(usage).bind(owner));
  }

  Result<std::size_t> count() const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement ask(connection_.get(), "SELECT COUNT(*) FROM document");
    return counted(ask);
  }

  Result<void> for_each(const std::string& usage,
                        const std::function<void(const StoredDocument&)>& take) const override {
    DocumentKey last{usage, {}, {}};
    while (true) {
      const auto some = read_behind(last);
      if (!some) {
        return std::unexpected(some.error());
      }
      for (const StoredDocument& document : *some) {
        take(document);
      }
      if (some->size() < kDocumentsPerLock) {
        return {};
      }
      last = some->back().key;
    }
  }

  Result<std::vector<StoredDocument>> documents_of(const std::string& usage, const std::string& owner) const override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(
        connection_.get(), "SELECT owner, name, body, etag FROM document WHERE usage = ? AND owner = ? ORDER BY name");
    return all_of(select.bind(usage).bind(owner), usage);
  }

  Result<std::string> keep(const std::string& name, const std::string& fresh) override {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement insert(connection_.get(), "INSERT INTO kept(name, value) VALUES(?,?) ON CONFLICT DO NOTHING");
    if (const auto done = insert.bind(name).bind_blob(fresh).run(); !done) {
      return std::unexpected(told(done.error()));
    }
    sqlite::Statement select(connection_.get(), "SELECT value FROM kept WHERE name = ?");
    const auto row = select.bind(name).step();
    if (!row || !*row) {
      return std::unexpected(told(row ? "it does not keep what it was given" : row.error()));
    }
    return select.blob(0);
  }

  void on_change(Listener listener) override { listener_ = std::move(listener); }

 private:
  [[nodiscard]] std::string told(const std::string& error) const { return fmt::format("{}: {}", name_, error); }

  Result<std::optional<StoredDocument>> find_locked(const DocumentKey& key) const {
    sqlite::Statement select(connection_.get(),
                             "SELECT body, etag FROM document WHERE usage = ? AND owner = ? AND name = ?");
    const auto row = select.bind(key.usage).bind(key.owner).bind(key.name).step();
    if (!row) {
      return std::unexpected(told(row.error()));
    }
    return *row ? std::optional(StoredDocument{key, select.blob(0), select.text(1)}) : std::nullopt;
  }

  // Whether the document is as the change expects it.
  Result<bool> is_as_expected(const DocumentKey& key, const std::string& expected) const {
    sqlite::Statement select(connection_.get(), "SELECT etag FROM document WHERE usage = ? AND owner = ? AND name = ?");
    const auto row = select.bind(key.usage).bind(key.owner).bind(key.name).step();
    if (!row) {
      return std::unexpected(told(row.error()));
    }
    return *row ? select.text(0) == expected : expected.empty();
  }

  Result<std::optional<std::string>> put_locked(const DocumentKey& key, const std::string& body,
                                                const std::string& expected) {
    const std::scoped_lock lock(mutex_);
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return std::unexpected(told(transaction.begun().error()));
    }
    const auto as_expected = is_as_expected(key, expected);
    if (!as_expected) {
      return std::unexpected(as_expected.error());
    }
    if (!*as_expected) {
      return std::nullopt;
    }
    std::uint64_t number = 0;
    {
      sqlite::Statement next(connection_.get(), "UPDATE change SET last = last + 1 RETURNING last");
      const auto row = next.step();
      if (!row || !*row) {
        return std::unexpected(told(row ? "it has lost the number of the last change" : row.error()));
      }
      number = static_cast<std::uint64_t>(next.integer(0));
    }
    std::string etag = change_tag(number, body);
    {
      sqlite::Statement insert(connection_.get(),
                               "INSERT OR REPLACE INTO document(usage, owner, name, etag, body) VALUES(?,?,?,?,?)");
      const auto done = insert.bind(key.usage).bind(key.owner).bind(key.name).bind(etag).bind_blob(body).run();
      if (!done) {
        return std::unexpected(told(done.error()));
      }
    }
    if (const auto done = transaction.commit(); !done) {
      return std::unexpected(told(done.error()));
    }
    return etag;
  }

  Result<bool> remove_locked(const DocumentKey& key, const std::string& expected) {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement remove(connection_.get(),
                             "DELETE FROM document WHERE usage = ? AND owner = ? AND name = ? AND etag = ?");
    const auto done = remove.bind(key.usage).bind(key.owner).bind(key.name).bind(expected).run();
    if (!done) {
      return std::unexpected(told(done.error()));
    }
    return sqlite3_changes(connection_.get()) > 0;
  }

  Result<std::vector<StoredDocument>> read_behind(const DocumentKey& last) const {
    const std::scoped_lock lock(mutex_);
    sqlite::Statement select(connection_.get(),
                             "SELECT owner, name, body, etag FROM document WHERE usage = ? AND (owner, name) > (?, ?)"
                             " ORDER BY owner, name LIMIT ?");
    return all_of(select.bind(last.usage).bind(last.owner).bind(last.name).bind(kDocumentsPerLock), last.usage);
  }

  // Of a statement that gives owner, name, body and tag.
  Result<std::vector<StoredDocument>> all_of(sqlite::Statement& select, const std::string& usage) const {
    std::vector<StoredDocument> found;
    while (true) {
      const auto row = select.step();
      if (!row) {
        return std::unexpected(told(row.error()));
      }
      if (!*row) {
        return found;
      }
      found.push_back({{usage, select.text(0), select.text(1)}, select.blob(2), select.text(3)});
    }
  }

  Result<std::size_t> counted(sqlite::Statement& ask) const {
    const auto row = ask.step();
    if (!row) {
      return std::unexpected(told(row.error()));
    }
    return static_cast<std::size_t>(ask.integer(0));
  }

  mutable std::mutex mutex_;  // of the connection
  sqlite::Connection connection_;
  std::string name_;
  Listener listener_;
};

}  // namespace

std::expected<std::unique_ptr<DocumentStore>, std::string> open_document_store(const std::filesystem::path& file) {
  std::string name = file.empty() ? "the document store in memory" : file.string();
  auto connection = sqlite::open_database(file, kLayout, sqlite::Use::create);
  if (!connection) {
    return std::unexpected(fmt::format("{}: {}", name, connection.error()));
  }
  return std::make_unique<SqliteDocuments>(std::move(*connection), std::move(name));
}

}  // namespace stirline::control
