// The section [notices] (SPIT-PL-03).
#include <string>

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::notice_config_test {
namespace {

TEST(NoticeConfigTest, NobodyIsToldAnythingUnlessItIsWanted) {
  const auto silent = read_control_config("control.toml", "");
  ASSERT_TRUE(silent);
  EXPECT_TRUE(silent->notices.database.empty());
  EXPECT_EQ(silent->notices.retention_days, 30U);
  const auto given =
      read_control_config("/etc/stirline/control.toml", "[notices]\ndatabase = \"notices.db\"\nretention_days = 366\n");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->notices.database, "/etc/stirline/notices.db");
  EXPECT_EQ(given->notices.retention_days, 366U);
}

TEST(NoticeConfigTest, MistakesAreNamed) {
  for (const char* text : {"retention_days = 0", "retention_days = 367", "database = 1", "keep = true"}) {
    const auto read = read_control_config("control.toml", "[notices]\n" + std::string(text) + "\n");
    ASSERT_FALSE(read) << text;
    EXPECT_TRUE(read.error().front().key.starts_with("notices.")) << read.error().front().key;
  }
}

}  // namespace
}  // namespace stirline::config::notice_config_test
