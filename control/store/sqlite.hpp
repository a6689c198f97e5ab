// SQLite with owners, errors as values and bound parameters only. Internal to control.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace stirline::control::sqlite {

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

[[nodiscard]] std::string error_of(sqlite3* connection);

// Runs SQL without parameters and results.
[[nodiscard]] std::expected<void, std::string> execute(sqlite3* connection, const char* sql);

// One run of one statement. The first failure sticks: step() reports it.
class Statement {
 public:
  Statement(sqlite3* connection, std::string_view sql);

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view octets);

  // True: there is a row; false: done.
  [[nodiscard]] std::expected<bool, std::string> step();
  // Runs a statement that gives no rows.
  [[nodiscard]] std::expected<void, std::string> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;

 private:
  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;
  int status_ = SQLITE_OK;
};

// An enumerator, or another whole number, as it is stored.
[[nodiscard]] constexpr std::int64_t number(auto value) {
  return static_cast<std::int64_t>(value);
}

// Everything until commit(), or nothing.
class Transaction {
 public:
  explicit Transaction(sqlite3* connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  [[nodiscard]] const std::expected<void, std::string>& begun() const { return begun_; }
  [[nodiscard]] std::expected<void, std::string> commit();

 private:
  sqlite3* connection_;
  std::expected<void, std::string> begun_;
  bool open_ = false;
};

}  // namespace stirline::control::sqlite
