// The section [records] of stirline-control's file.
#include "config/record_keeping_config.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::record_keeping_config_test {
namespace {

std::expected<ControlConfig, ConfigErrors> read(const std::string& section) {
  return read_control_config("/etc/stirline/control.toml", "[records]\n" + section);
}

TEST(RecordKeepingConfig, IsReadWhole) {
  const auto config = read(
      "folder = \"records\"\nfile_mebibytes = 1\nfile_hours = 2\ntotal_mebibytes = 3\nretention_hours = 4\n"
      "pseudonym_key = \"/k/e.y\"\n");
  ASSERT_TRUE(config) << to_string(config.error().front());
  EXPECT_EQ(config->records.folder, "/etc/stirline/records");
  EXPECT_EQ(config->records.file_mebibytes, 1U);
  EXPECT_EQ(config->records.file_hours, 2U);
  EXPECT_EQ(config->records.total_mebibytes, 3U);
  EXPECT_EQ(config->records.retention_hours, 4U);
  EXPECT_EQ(config->records.pseudonym_key, "/k/e.y");
}

TEST(RecordKeepingConfig, MistakesAreTold) {
  for (const auto& [section, key] :
       {std::pair{"file_mebibytes = 0", "records.file_mebibytes"},
        std::pair{"file_mebibytes = 9\ntotal_mebibytes = 8", "records.file_mebibytes"},
        std::pair{"retention_hours = -1", "records.retention_hours"}, std::pair{"folder = 7", "records.folder"},
        std::pair{"enabled = true", "records.enabled"}}) {
    const auto config = read(section);
    ASSERT_FALSE(config) << section;
    EXPECT_EQ(config.error().front().key, key);
  }
}

}  // namespace
}  // namespace stirline::config::record_keeping_config_test
