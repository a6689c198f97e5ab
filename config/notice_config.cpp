#include "config/notice_config.hpp"

#include "config/toml_reader.hpp"

namespace stirline::config {

void read_notices(Section& section, NoticeConfig& config) {
  section.path("database", config.database);
  section.number<std::uint32_t>("retention_days", config.retention_days, 1, 366);
}

}  // namespace stirline::config
