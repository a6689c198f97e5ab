#include "control/store/sqlite.hpp"

namespace stirline::control::sqlite {

std::string error_of(sqlite3* connection) {
  return connection == nullptr ? "out of memory" : sqlite3_errmsg(connection);
}

std::expected<void, std::string> execute(sqlite3* connection, const char* sql) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error_of(connection));
  }
  return {};
}

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  status_ = sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
}

Statement& Statement::bind(std::int64_t value) {
  if (status_ == SQLITE_OK) {
    status_ = sqlite3_bind_int64(statement_.get(), next_++, value);
  }
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // The text outlives the statement: both end with the caller's expression or block.
  if (status_ == SQLITE_OK) {
    status_ = sqlite3_bind_text64(statement_.get(), next_++, text.data(), text.size(), nullptr, SQLITE_UTF8);
  }
  return *this;
}

Statement& Statement::bind_blob(std::string_view octets) {
  if (status_ == SQLITE_OK) {
    // A null pointer would be NULL, not an empty blob.
    const char* data = octets.empty() ? "" : octets.data();
    status_ = sqlite3_bind_blob64(statement_.get(), next_++, data, octets.size(), nullptr);
  }
  return *this;
}

std::expected<bool, std::string> Statement::step() {
  if (status_ == SQLITE_OK) {
    const int stepped = sqlite3_step(statement_.get());
    if (stepped == SQLITE_ROW || stepped == SQLITE_DONE) {
      return stepped == SQLITE_ROW;
    }
  }
  return std::unexpected(error_of(connection_));
}

std::expected<void, std::string> Statement::run() {
  const auto stepped = step();
  return stepped ? std::expected<void, std::string>{} : std::unexpected(stepped.error());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const unsigned char* octets = sqlite3_column_text(statement_.get(), column);
  if (octets == nullptr) {
    return {};
  }
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(octets), size};
}

std::string Statement::blob(int column) const {
  const void* octets = sqlite3_column_blob(statement_.get(), column);
  if (octets == nullptr) {
    return {};
  }
  return {static_cast<const char*>(octets), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Transaction::Transaction(sqlite3* connection)
    : connection_(connection), begun_(execute(connection, "BEGIN IMMEDIATE")), open_(begun_.has_value()) {}

Transaction::~Transaction() {
  if (open_) {
    static_cast<void>(execute(connection_, "ROLLBACK"));
  }
}

std::expected<void, std::string> Transaction::commit() {
  auto committed = execute(connection_, "COMMIT");
  open_ = !committed.has_value();
  return committed;
}

}  // namespace stirline::control::sqlite
