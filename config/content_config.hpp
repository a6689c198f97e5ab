// The section [content] of stirline-control's configuration: corpora that texts of messages are judged by, and what
// they say (SPIT-CL-01). Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stirline::config {

class Section;

// Whose messages a corpus is about.
struct ContentCorpus {
  std::string name;
  std::vector<std::string> trunks;
  friend bool operator==(const ContentCorpus&, const ContentCorpus&) = default;
};

struct ContentConfig {
  std::filesystem::path database;         // of counts of tokens; empty: no text is looked at
  std::uint32_t fewest_trained = 20;      // texts of either kind, before a corpus says anything
  std::uint32_t bulk_from = 20;           // near copies that are many
  std::uint32_t bulk_points = 40;         // 0 to 100: how suspect they are
  std::uint32_t bulk_minutes = 60;        // after which half of a count is forgotten
  std::uint32_t url_points = 60;          // 0 to 100: how suspect a URL is that spam is known by
  std::uint32_t forget_days = 180;        // tokens that no text was trained with for so long go
  std::uint32_t most_tokens = 1'000'000;  // of one corpus that packet cores get: those of most texts
  std::vector<std::string> trainers;      // users who may train over HTTPS, as in URIs
  std::vector<ContentCorpus> corpora;
  friend bool operator==(const ContentConfig&, const ContentConfig&) = default;
};

// Gives the sections of the corpora, in their order: whoever knows the trunks looks at those that they name.
std::vector<Section> read_content(Section& section, ContentConfig& config);

}  // namespace stirline::config
