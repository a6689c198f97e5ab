#include "config/record_keeping_config.hpp"

#include <string>

#include "config/toml_reader.hpp"

namespace stirline::config {

void read_record_keeping(Section& section, RecordKeepingConfig& config) {
  section.path("folder", config.folder);
  section.number<std::uint32_t>("file_mebibytes", config.file_mebibytes, 1, 4'096);
  section.number<std::uint32_t>("file_hours", config.file_hours, 1, 8'760);
  section.number<std::uint32_t>("total_mebibytes", config.total_mebibytes, 1, 16'777'216);
  section.number<std::uint32_t>("retention_hours", config.retention_hours, 1, 87'600);
  section.path("pseudonym_key", config.pseudonym_key);
  section.path("accounts", config.accounts);
  section.number<std::uint32_t>("account_days", config.account_days, 1, 3'660);
  if (config.file_mebibytes > config.total_mebibytes) {
    section.fail("file_mebibytes", "at most total_mebibytes (" + std::to_string(config.total_mebibytes) + ")",
                 std::to_string(config.file_mebibytes));
  }
}

}  // namespace stirline::config
