// The section [metrics] of stirline-control's file.
#include "config/metrics_config.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::metrics_config_test {
namespace {

std::expected<ControlConfig, ConfigErrors> read(const std::string& section) {
  return read_control_config("/etc/stirline/control.toml", "[metrics]\n" + section);
}

TEST(MetricsConfig, IsReadWholeAndOffUnlessAsked) {
  const auto config = read("listen = \"127.0.0.1:9464\"\nconnections = 3\nlimit_ms = 4000\n");
  ASSERT_TRUE(config) << to_string(config.error().front());
  EXPECT_EQ(config->metrics.listen, "127.0.0.1:9464");
  EXPECT_EQ(config->metrics.connections, 3U);
  EXPECT_EQ(config->metrics.limit_ms, 4'000U);
  const auto off = read("");
  ASSERT_TRUE(off);
  EXPECT_TRUE(off->metrics.listen.empty());
}

TEST(MetricsConfig, AnAddressIsNeverGuessed) {
  const auto v4 = parse_listen_place("127.0.0.1:9464");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->port, 9'464);
  EXPECT_TRUE(is_loopback(v4->address));
  const auto v6 = parse_listen_place("[::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->port, 0);
  EXPECT_TRUE(is_loopback(v6->address));
  for (const char* beyond : {"0.0.0.0:1", "192.0.2.1:9464", "[::]:9464", "[2001:db8::1]:65535"}) {
    const auto place = parse_listen_place(beyond);
    ASSERT_TRUE(place) << beyond;
    EXPECT_FALSE(is_loopback(place->address)) << beyond;
  }
  for (const char* wrong :
       {"9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:9464 ",
        "127.0.0.1:0x10", "localhost:9464", "::1:9464", "[::1]", "[127.0.0.1]:9464", "[]:1", "127.0.0.1.:1"}) {
    EXPECT_FALSE(parse_listen_place(wrong)) << wrong;
  }
}

TEST(MetricsConfig, MistakesAreTold) {
  for (const auto& [section, key] :
       {std::pair{"listen = \"9464\"", "metrics.listen"}, std::pair{"listen = 9464", "metrics.listen"},
        std::pair{"connections = 0", "metrics.connections"}, std::pair{"connections = 257", "metrics.connections"},
        std::pair{"limit_ms = 2999", "metrics.limit_ms"}, std::pair{"enabled = true", "metrics.enabled"}}) {
    const auto config = read(section);
    ASSERT_FALSE(config) << section;
    EXPECT_EQ(config.error().front().key, key);
  }
}

}  // namespace
}  // namespace stirline::config::metrics_config_test
