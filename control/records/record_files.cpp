#include "control/records/record_files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace stirline::control {
namespace {

constexpr std::string_view kSuffix = ".jsonl";

bool take(std::string_view& text, std::string_view expected) {
  const bool there = text.starts_with(expected);
  text.remove_prefix(there ? expected.size() : 0);
  return there;
}

template <typename T>
std::optional<T> take_number(std::string_view& text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<TimeSpan> times_of(std::string_view name, std::string_view prefix) {
  if (!take(name, prefix) || !take(name, "-")) {
    return std::nullopt;
  }
  const auto first = take_number<std::int64_t>(name);
  if (!first || !take(name, "-")) {
    return std::nullopt;
  }
  const auto last = take_number<std::int64_t>(name);
  if (!last) {
    return std::nullopt;
  }
  if (take(name, ".") && !take_number<unsigned>(name)) {
    return name == kSuffix.substr(1) ? std::optional(TimeSpan{*first, *last}) : std::nullopt;
  }
  return name == kSuffix ? std::optional(TimeSpan{*first, *last}) : std::nullopt;
}

}  // namespace

void TimeSpan::include(const TimeSpan& other) {
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

std::filesystem::path current_file(const std::filesystem::path& folder, std::string_view prefix) {
  return folder / fmt::format("{}{}", prefix, kSuffix);
}

std::filesystem::path closed_file(const std::filesystem::path& folder, std::string_view prefix, const TimeSpan& times,
                                  unsigned again) {
  const std::string number = again == 0 ? std::string() : fmt::format(".{}", again);
  return folder / fmt::format("{}-{}-{}{}{}", prefix, times.first, times.last, number, kSuffix);
}

std::expected<std::vector<ClosedFile>, std::string> list_closed(const std::filesystem::path& folder,
                                                                std::string_view prefix) {
  std::vector<ClosedFile> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto times = times_of(entry->path().filename().native(), prefix);
    std::error_code gone;  // removed meanwhile
    const auto bytes = times ? entry->file_size(gone) : 0;
    if (times && !gone) {
      files.push_back({entry->path(), *times, bytes});
    }
  }
  if (error) {
    return std::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
  }
  std::ranges::sort(files, [](const ClosedFile& a, const ClosedFile& b) {
    return std::tie(a.times.first, a.times.last, a.path) < std::tie(b.times.first, b.times.last, b.path);
  });
  return files;
}

std::optional<std::string_view> LineReader::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', begin_);
    if (end == std::string::npos) {
      if (buffer_.size() - begin_ > kMaxLine) {
        skipped_ += in_long_line_ ? 0U : 1U;
        in_long_line_ = true;
        begin_ = buffer_.size();
      }
      if (!fill()) {
        return std::nullopt;
      }
      continue;
    }
    const std::string_view line(&buffer_[begin_], end - begin_);
    begin_ = end + 1;
    if (in_long_line_) {
      in_long_line_ = false;
    } else if (line.size() > kMaxLine) {
      ++skipped_;
    } else {
      return line;
    }
  }
}

bool LineReader::fill() {
  if (at_end_) {
    return false;
  }
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kPiece);
  ssize_t got = -1;
  do {
    got = ::read(fd_, &buffer_[kept], kPiece - kept);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0) {
    return true;
  }
  at_end_ = true;
  skipped_ += kept > 0 && !in_long_line_ ? 1U : 0U;
  buffer_.clear();
  return false;
}

std::optional<std::int64_t> time_of_line(std::string_view line) {
  return take(line, R"({"time":)") ? take_number<std::int64_t>(line) : std::nullopt;
}

}  // namespace stirline::control
