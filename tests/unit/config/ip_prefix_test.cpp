#include "config/ip_prefix.hpp"

#include <gtest/gtest.h>

namespace stirline::config::ip_prefix_test {
namespace {

using namespace std::string_view_literals;

TEST(IpPrefix, ReadsAndWrites) {
  EXPECT_EQ(to_string(*parse_prefix("192.0.2.0/24")), "192.0.2.0/24");
  EXPECT_EQ(to_string(*parse_prefix("192.0.2.1")), "192.0.2.1/32");
  EXPECT_EQ(to_string(*parse_prefix("0.0.0.0/0")), "0.0.0.0/0");
  EXPECT_EQ(to_string(*parse_prefix("2001:DB8::/32")), "2001:db8::/32");
  EXPECT_EQ(to_string(*parse_prefix("2001:db8::1")), "2001:db8::1/128");
  EXPECT_EQ(to_string(*parse_prefix("::/0")), "::/0");
  EXPECT_EQ(to_string(*parse_prefix("128.0.0.0/1")), "128.0.0.0/1");
}

TEST(IpPrefix, RefusesWhatIsNone) {
  for (const std::string_view bad :
       {""sv, "/"sv, "192.0.2.0/"sv, "192.0.2.0/33"sv, "192.0.2.0/-1"sv, "192.0.2.0/024"sv, "192.0.2.0/+8"sv,
        "192.0.2.0/8 "sv, " 192.0.2.0"sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.01"sv, "2001:db8::/129"sv,
        "fe80::1%eth0"sv, "192.0.2.1\0"sv, "localhost"sv, "192.0.2.0/4294967320"sv, "::1::"sv}) {
    EXPECT_FALSE(parse_prefix(bad)) << bad;
  }
}

TEST(IpPrefix, RefusesHostBits) {
  EXPECT_FALSE(parse_prefix("192.0.2.1/24"));
  EXPECT_FALSE(parse_prefix("192.0.2.128/24"));
  EXPECT_FALSE(parse_prefix("192.0.2.0/22"));
  EXPECT_FALSE(parse_prefix("2001:db8::1/127"));
  EXPECT_FALSE(parse_prefix("1.0.0.0/0"));
}

TEST(IpPrefix, Contains) {
  const auto in = [](std::string_view prefix, std::string_view address) {
    return parse_prefix(prefix)->contains(*parse_address(address));
  };
  EXPECT_TRUE(in("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(in("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(in("192.0.2.0/23", "192.0.3.0"));
  EXPECT_TRUE(in("192.0.2.64/27", "192.0.2.95"));
  EXPECT_FALSE(in("192.0.2.64/27", "192.0.2.96"));
  EXPECT_TRUE(in("0.0.0.0/0", "255.255.255.255"));
  EXPECT_FALSE(in("0.0.0.0/0", "::"));
  EXPECT_FALSE(in("::/0", "0.0.0.0"));
  EXPECT_TRUE(in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(in("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(in("2001:db8::1", "2001:db8::2"));
}

}  // namespace
}  // namespace stirline::config::ip_prefix_test
