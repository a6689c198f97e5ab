// Opens one of our SQLite files: private to its user, of our make and version; whole, and used by nobody else, unless
// it is shared.
//
// A Layout says how such a file is made, step by step: a file of an older version gets the steps it lacks, in one
// transaction; a file of something else, or of a newer program, is left alone. Any thread; a connection belongs to one
// at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string>

#include "control/store/sqlite.hpp"

namespace stirline::control::sqlite {

enum class Use : std::uint8_t {
  existing,  // a file that is not there is an error
  create,    // a file that is not there is made
};

enum class Durability : std::uint8_t {
  order,   // after a power failure the last commits may be missing, nothing else
  commit,  // what was committed is on the disk
};

enum class Sharing : std::uint8_t {
  none,
  processes,  // several at a time; opened too often and too large to be looked through each time
};

struct Layout {
  std::int64_t application_id = 0;     // tells our files from those of others
  std::span<const char* const> steps;  // SQL; the version of a file is the number of steps it has had
  Durability durability = Durability::order;
  Sharing sharing = Sharing::none;
};

// An empty `file`: a database in memory. The error is a sentence without the file's name.
[[nodiscard]] std::expected<Connection, std::string> open_database(const std::filesystem::path& file,
                                                                   const Layout& layout, Use use);

}  // namespace stirline::control::sqlite
