// The section [records] of stirline-control's configuration: where records of calls are kept, how long, and whether
// numbers in them are readable (STIR-RG-03, STIR-PR-04). Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stirline::config {

class Section;

struct RecordKeepingConfig {
  std::filesystem::path folder;       // empty: none are kept
  std::uint32_t file_mebibytes = 64;  // then a new file is begun
  std::uint32_t file_hours = 24;      // likewise
  std::uint32_t total_mebibytes = 4'096;
  std::uint32_t retention_hours = 720;
  std::filesystem::path pseudonym_key;  // empty: numbers stand there as they are
  std::filesystem::path accounts;       // database of sums by trunk and hour (SPIT-CL-11); empty: nothing is counted
  std::uint32_t account_days = 400;
  friend bool operator==(const RecordKeepingConfig&, const RecordKeepingConfig&) = default;
};

void read_record_keeping(Section& section, RecordKeepingConfig& config);

}  // namespace stirline::config
