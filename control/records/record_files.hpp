// The files of one kind of lines ("calls", "queries") in a folder: their names, and reading them line by line.
//
// PREFIX.jsonl is being written; PREFIX-FIRST-LAST.jsonl (or PREFIX-FIRST-LAST.N.jsonl) is closed, with the seconds
// since 1970 of its first and last line in time.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/wire/channel.hpp"

namespace stirline::control {

struct TimeSpan {
  std::int64_t first = 0;
  std::int64_t last = 0;
  [[nodiscard]] bool overlaps(const TimeSpan& other) const { return first <= other.last && other.first <= last; }
  void include(const TimeSpan& other);
};

struct ClosedFile {
  std::filesystem::path path;
  TimeSpan times;
  std::uint64_t bytes = 0;
};

[[nodiscard]] std::filesystem::path current_file(const std::filesystem::path& folder, std::string_view prefix);
// `again`: 0, or a number that makes the name another one.
[[nodiscard]] std::filesystem::path closed_file(const std::filesystem::path& folder, std::string_view prefix,
                                                const TimeSpan& times, unsigned again);
// By time. The error is a sentence with the folder's name.
[[nodiscard]] std::expected<std::vector<ClosedFile>, std::string> list_closed(const std::filesystem::path& folder,
                                                                              std::string_view prefix);

// Whole lines of an open file, one at a time. A line without end, as a crash leaves it, is none; one longer than
// kMaxLine is passed over. Both are counted.
class LineReader {
 public:
  static constexpr std::size_t kMaxLine = 32'768;

  explicit LineReader(int fd) : fd_(fd) {}  // the descriptor stays the caller's

  // Without the line feed; valid until the next call. Nothing at the end, or if the file cannot be read further.
  [[nodiscard]] std::optional<std::string_view> next();
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  static constexpr std::size_t kPiece = 131'072;
  static_assert(kPiece > 2 * kMaxLine);
  [[nodiscard]] bool fill();

  int fd_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what has not been given out
  bool in_long_line_ = false;
  bool at_end_ = false;
  std::uint64_t skipped_ = 0;
};

// The time of a line as record_line() writes it: {"time":1795000000,...
[[nodiscard]] std::optional<std::int64_t> time_of_line(std::string_view line);

}  // namespace stirline::control
