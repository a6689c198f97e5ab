#include "control/records/rotated_lines.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stirline::control {
namespace {

constexpr mode_t kFileMode = 0640;

std::unexpected<std::string> failed(const std::filesystem::path& path) {
  return std::unexpected(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

}  // namespace

std::expected<RotatedLines, std::string> RotatedLines::open(std::filesystem::path folder, std::string prefix,
                                                            const RotationLimits& limits) {
  RotatedLines lines(std::move(folder), std::move(prefix), limits);
  if (auto opened = lines.open_current(); !opened) {
    return std::unexpected(std::move(opened.error()));
  }
  return lines;
}

std::expected<void, std::string> RotatedLines::open_current() {
  const std::filesystem::path path = current_file(folder_, prefix_);
  config::wire::Descriptor file(
      ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kFileMode));
  struct stat facts{};
  if (!file.valid() || ::fstat(file.get(), &facts) != 0) {
    return failed(path);
  }
  if (!S_ISREG(facts.st_mode)) {
    return std::unexpected(fmt::format("{}: no plain file", path.string()));
  }
  // Whatever the umask says; another owner's file has its mode already.
  if (::fchmod(file.get(), kFileMode) != 0 && errno != EPERM) {
    return failed(path);
  }
  file_ = std::move(file);
  bytes_ = static_cast<std::uint64_t>(facts.st_size);
  torn_ = false;
  times_.reset();
  if (bytes_ > 0) {
    read_current();
  }
  return {};
}

// What an earlier life has left: which times are in there, and whether its last line has an end.
void RotatedLines::read_current() {
  LineReader reader(file_.get());
  while (const auto line = reader.next()) {
    if (const auto time = time_of_line(*line)) {
      const TimeSpan span{*time, *time};
      times_ = times_.value_or(span);
      times_->include(span);
    }
  }
  char last = '\n';
  torn_ = ::pread(file_.get(), &last, 1, static_cast<off_t>(bytes_ - 1)) != 1 || last != '\n';
}

bool RotatedLines::append(std::string_view lines, std::uint64_t count, const TimeSpan& times, std::int64_t now) {
  if (file_.valid() && bytes_ > 0 && bytes_ + lines.size() > limits_.file_bytes) {
    close_current();
    remove_old(now);
  }
  auto done = file_.valid() ? std::expected<void, std::string>() : open_current();
  if (done) {
    done = write(lines);
  }
  if (!done) {
    note_trouble(done.error());
    counters_.lost += count;
    return false;
  }
  counters_.written += count;
  times_ = times_.value_or(times);
  times_->include(times);
  if (!trouble_.empty()) {
    spdlog::info("records are written again; {} lines of {} were lost", counters_.lost - lost_before_, prefix_);
    trouble_.clear();
  }
  return true;
}

std::expected<void, std::string> RotatedLines::write(std::string_view lines) {
  const std::string ended = torn_ ? "\n" + std::string(lines) : std::string();
  std::string_view rest = torn_ ? std::string_view(ended) : lines;
  const std::size_t all = rest.size();
  while (!rest.empty()) {
    const ssize_t put = ::write(file_.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      const auto why = failed(current_file(folder_, prefix_));
      if (::ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0) {
        torn_ = torn_ || rest.size() < all;
      }
      return why;
    }
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  bytes_ += all;
  torn_ = false;
  return {};
}

void RotatedLines::note_trouble(const std::string& why) {
  if (trouble_.empty()) {
    lost_before_ = counters_.lost;
    spdlog::error("records of {} are being lost: {}", prefix_, why);
  }
  trouble_ = why;
}

// The next lines begin a new file. A name that cannot be given is no reason to lose lines: then this one goes on.
void RotatedLines::close_current() {
  const TimeSpan times = times_.value_or(TimeSpan{});
  std::filesystem::path name = closed_file(folder_, prefix_, times, 0);
  std::error_code error;
  for (unsigned again = 1; std::filesystem::exists(name, error); ++again) {
    name = closed_file(folder_, prefix_, times, again);
  }
  static_cast<void>(::fdatasync(file_.get()));  // a failure has no remedy: the lines are written
  std::filesystem::rename(current_file(folder_, prefix_), name, error);
  if (!error) {
    ++counters_.closed;
    not_renamed_ = false;
    file_ = {};
    return;
  }
  if (!std::exchange(not_renamed_, true)) {
    spdlog::error("{}: cannot be renamed, and grows on: {}", current_file(folder_, prefix_).string(), error.message());
  }
  let_go_if_removed();
}

// Lines for a file without a name would be lost without a word.
void RotatedLines::let_go_if_removed() {
  struct stat named{};
  struct stat open{};
  const bool same = file_.valid() && ::stat(current_file(folder_, prefix_).c_str(), &named) == 0 &&
                    ::fstat(file_.get(), &open) == 0 && named.st_dev == open.st_dev && named.st_ino == open.st_ino;
  if (!same) {
    file_ = {};
  }
}

void RotatedLines::tick(std::int64_t now) {
  let_go_if_removed();
  if (file_.valid() && bytes_ > 0 && times_ && now - times_->first >= limits_.file_seconds) {
    close_current();
  }
  remove_old(now);
}

void RotatedLines::remove_old(std::int64_t now) {
  const auto files = list_closed(folder_, prefix_);
  if (!files) {
    return;  // the next line that is written tells what is wrong with the folder
  }
  std::uint64_t total = file_.valid() ? bytes_ : 0;
  for (const ClosedFile& file : *files) {
    total += file.bytes;
  }
  for (const ClosedFile& file : *files) {
    if (file.times.last >= now - limits_.retention_seconds && total <= limits_.total_bytes) {
      continue;
    }
    std::error_code error;
    if (std::filesystem::remove(file.path, error)) {
      total -= file.bytes;
      ++counters_.removed;
    }
  }
}

}  // namespace stirline::control
