// The section [lists] of stirline-control's configuration: who is on which list, and what becomes of it (SPIT-CL-02,
// SPIT-CL-03, SPIT-FW-10). Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stirline::config {

class Section;

struct ListConfig {
  std::filesystem::path database;        // of entries; empty: there are no lists
  std::uint32_t claim_score = 50;        // 0 to 100: of whoever only claims to be somebody of the black list
  std::uint32_t learned_days = 90;       // how long whom a user has called is his contact; 0: contacts are not learned
  std::uint32_t most_contacts = 10'000;  // of one user, from which on none comes by itself
  friend bool operator==(const ListConfig&, const ListConfig&) = default;
};

void read_lists(Section& section, ListConfig& config);

}  // namespace stirline::config
