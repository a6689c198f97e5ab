// The section [fetch].
#include "config/fetch_config.hpp"

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::fetch_config_test {
namespace {

TEST(FetchConfigs, EveryOptionArrives) {
  const auto loaded =
      read_control_config("/etc/stirline/c.toml",
                          "[fetch]\nenabled = false\nstore = \"s.db\"\nentries = 7\nmebibytes = 8\n"
                          "ca_file = \"ca.pem\"\nconnect_ms = 9\ntotal_ms = 10\nin_flight = 11\n"
                          "in_flight_per_host = 12\nper_second = 13\nper_second_per_host = 14\n"
                          "queue = 15\nqueue_per_host = 16\naccept_der = true\nlist_mebibytes = 3\nlist_ms = 17\n"
                          "lab_ports = [9443, 1]\nlab_prefixes = [\"127.0.0.0/8\", \"::1\"]\n");
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  FetchConfig expected;
  expected.enabled = false;
  expected.store = "/etc/stirline/s.db";
  expected.entries = 7;
  expected.mebibytes = 8;
  expected.ca_file = "/etc/stirline/ca.pem";
  expected.connect_ms = 9;
  expected.total_ms = 10;
  expected.in_flight = 11;
  expected.in_flight_per_host = 12;
  expected.per_second = 13;
  expected.per_second_per_host = 14;
  expected.queue = 15;
  expected.queue_per_host = 16;
  expected.accept_der = true;
  expected.list_mebibytes = 3;
  expected.list_ms = 17;
  expected.lab_ports = {9'443, 1};
  expected.lab_prefixes = {*parse_prefix("127.0.0.0/8"), *parse_prefix("::1")};
  EXPECT_EQ(loaded->fetch, expected);
}

TEST(FetchConfigs, MistakesAreTold) {
  for (const char* bad : {"enabled = 1", "store = 2", "entries = 0", "mebibytes = 4097", "connect_ms = 0",
                          "total_ms = 10001", "in_flight = 1025", "queue = 0", "lab_ports = [0]", "lab_ports = [65536]",
                          "lab_prefixes = [\"127.0.0.1/8\"]", "lab_prefixes = [7]", "lab_prefix = []"}) {
    const auto loaded = read_control_config("c.toml", std::string("[fetch]\n") + bad + "\n");
    ASSERT_FALSE(loaded) << bad;
    EXPECT_EQ(loaded.error().size(), 1U) << bad;
    EXPECT_TRUE(loaded.error().front().key.starts_with("fetch.")) << to_string(loaded.error().front());
  }
}

}  // namespace
}  // namespace stirline::config::fetch_config_test
