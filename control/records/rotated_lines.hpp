// Lines appended to a file that is closed by size and age; closed files are removed by age and total size.
//
// Whole lines only: what a write leaves torn is taken back, or ended. A disk that is full costs the lines of the
// moment, which are counted, one message in the log, and nothing else; the next lines try again. One instance for each
// folder and prefix (the owner sees to that). Thread: one.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/wire/channel.hpp"
#include "control/records/record_files.hpp"

namespace stirline::control {

struct RotationLimits {
  std::uint64_t file_bytes = 0;  // a file is closed before it grows beyond this
  std::int64_t file_seconds = 0;
  std::uint64_t total_bytes = 0;
  std::int64_t retention_seconds = 0;
};

class RotatedLines {
 public:
  // Goes on with the file that is there, ending its last line if that is torn. The folder must exist.
  [[nodiscard]] static std::expected<RotatedLines, std::string> open(std::filesystem::path folder, std::string prefix,
                                                                     const RotationLimits& limits);

  // `lines`: `count` whole lines whose times lie within `times`. False if they are lost.
  bool append(std::string_view lines, std::uint64_t count, const TimeSpan& times, std::int64_t now);

  // Closes what is old enough, removes what has to go, begins anew what somebody else has removed. Now and then.
  void tick(std::int64_t now);

  struct Counters {
    std::uint64_t written = 0;  // lines
    std::uint64_t lost = 0;     // lines
    std::uint64_t closed = 0;   // files
    std::uint64_t removed = 0;  // files
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }  // why lines are being lost; else empty

 private:
  RotatedLines(std::filesystem::path folder, std::string prefix, const RotationLimits& limits)
      : folder_(std::move(folder)), prefix_(std::move(prefix)), limits_(limits) {}
  [[nodiscard]] std::expected<void, std::string> open_current();
  void read_current();
  [[nodiscard]] std::expected<void, std::string> write(std::string_view lines);
  void close_current();
  void let_go_if_removed();
  void remove_old(std::int64_t now);
  void note_trouble(const std::string& why);

  std::filesystem::path folder_;
  std::string prefix_;
  RotationLimits limits_;
  config::wire::Descriptor file_;
  std::uint64_t bytes_ = 0;        // whole lines in it
  bool torn_ = false;              // something stands behind them, and could not be taken back
  std::optional<TimeSpan> times_;  // of its lines
  Counters counters_;
  bool not_renamed_ = false;       // told in the log already
  std::uint64_t lost_before_ = 0;  // when the trouble began
  std::string trouble_;
};

}  // namespace stirline::control
