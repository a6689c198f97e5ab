#include "config/list_config.hpp"

#include "config/toml_reader.hpp"

namespace stirline::config {

void read_lists(Section& section, ListConfig& config) {
  section.path("database", config.database);
  section.number<std::uint32_t>("claim_score", config.claim_score, 0, 100);
  section.number<std::uint32_t>("learned_days", config.learned_days, 0, 3'650);
  section.number<std::uint32_t>("most_contacts", config.most_contacts, 1, 100'000);
}

}  // namespace stirline::config
