#include "control/store/database.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "config/wire/channel.hpp"

namespace stirline::control::sqlite {

namespace {

constexpr int kWaitMs = 10'000;  // for whoever writes to a shared file

std::expected<std::int64_t, std::string> number(sqlite3* connection, const char* sql) {
  Statement ask(connection, sql);
  const auto row = ask.step();
  return row ? std::expected<std::int64_t, std::string>(ask.integer(0)) : std::unexpected(row.error());
}

std::expected<void, std::string> take_steps(sqlite3* connection, const Layout& layout, std::size_t done) {
  Transaction transaction(connection);
  if (!transaction.begun()) {
    return transaction.begun();
  }
  for (const char* step : layout.steps.subspan(done)) {
    if (auto made = execute(connection, step); !made) {
      return made;
    }
  }
  const std::string marks =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", layout.application_id, layout.steps.size());
  if (auto marked = execute(connection, marks.c_str()); !marked) {
    return marked;
  }
  return transaction.commit();
}

// Ours and whole, or new.
std::expected<void, std::string> check(sqlite3* connection, const Layout& layout) {
  const auto application = number(connection, "PRAGMA application_id");
  const auto version = number(connection, "PRAGMA user_version");
  const auto tables = number(connection, "SELECT COUNT(*) FROM sqlite_schema");
  for (const auto* asked : {&application, &version, &tables}) {
    if (!*asked) {
      return std::unexpected(asked->error());
    }
  }
  const auto newest = static_cast<std::int64_t>(layout.steps.size());
  if (*application == 0 && *version == 0 && *tables == 0) {
    return take_steps(connection, layout, 0);
  }
  if (*application != layout.application_id) {
    return std::unexpected("this is a database of something else");
  }
  if (*version < 1 || *version > newest) {
    return std::unexpected(fmt::format("it is of version {}, this program writes version {}", *version, newest));
  }
  if (*version < newest) {
    if (auto made = take_steps(connection, layout, static_cast<std::size_t>(*version)); !made) {
      return made;
    }
  }
  if (layout.sharing == Sharing::processes) {
    return {};
  }
  Statement whole(connection, "PRAGMA quick_check(1)");
  const auto row = whole.step();
  if (!row || !*row || whole.text(0) != "ok") {
    return std::unexpected(fmt::format("it is damaged: {}", row ? whole.text(0) : row.error()));
  }
  return {};
}

// SQLite would make the file readable for everybody.
std::expected<void, std::string> touch(const std::filesystem::path& file, Use use) {
  const int flags = O_RDWR | O_CLOEXEC | (use == Use::create ? O_CREAT : 0);
  const config::wire::Descriptor made(::open(file.c_str(), flags, S_IRUSR | S_IWUSR));
  if (!made.valid()) {
    return std::unexpected(std::generic_category().message(errno));
  }
  return {};
}

}  // namespace

std::expected<Connection, std::string> open_database(const std::filesystem::path& file, const Layout& layout, Use use) {
  if (!file.empty()) {
    if (const auto touched = touch(file, use); !touched) {
      return std::unexpected(touched.error());
    }
  }
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(file.empty() ? ":memory:" : file.c_str(), &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(raw);
  if (opened != SQLITE_OK) {
    return std::unexpected(error_of(raw));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  const char* synchronous =
      layout.durability == Durability::commit ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
  const bool shared = layout.sharing == Sharing::processes;
  if (shared) {
    sqlite3_busy_timeout(raw, kWaitMs);
  }
  // In exclusive mode the write-ahead log needs no shared memory, and the lock is taken at once.
  for (const char* setting : {shared ? "PRAGMA locking_mode = NORMAL" : "PRAGMA locking_mode = EXCLUSIVE",
                              "PRAGMA journal_mode = WAL", synchronous, "PRAGMA cell_size_check = ON",
                              shared ? nullptr : "BEGIN EXCLUSIVE", shared ? nullptr : "COMMIT"}) {
    if (setting == nullptr) {
      continue;
    }
    if (const auto set = execute(raw, setting); !set) {
      return std::unexpected(sqlite3_errcode(raw) == SQLITE_BUSY ? "another process uses it" : set.error());
    }
  }
  if (const auto good = check(raw, layout); !good) {
    return std::unexpected(good.error());
  }
  return connection;
}

}  // namespace stirline::control::sqlite
