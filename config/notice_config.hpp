// The section [notices] of stirline-control's configuration: what called users are told of calls (SPIT-PL-03).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stirline::config {

class Section;

struct NoticeConfig {
  std::filesystem::path database;     // of notices; empty: nobody is told anything
  std::uint32_t retention_days = 30;  // of notices
  friend bool operator==(const NoticeConfig&, const NoticeConfig&) = default;
};

void read_notices(Section& section, NoticeConfig& config);

}  // namespace stirline::config
