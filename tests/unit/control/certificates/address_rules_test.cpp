// STIR-CF-04: which addresses may be fetched from.
#include "control/certificates/address_rules.hpp"

#include <gtest/gtest.h>

namespace stirline::control::address_rules_test {
namespace {

struct Case {
  const char* address;
  AddressKind kind;
};

// First and last address of each range, and the neighbours outside.
constexpr Case kCases[] = {
    {"0.0.0.0", AddressKind::unspecified},
    {"0.255.255.255", AddressKind::unspecified},
    {"1.0.0.0", AddressKind::global},
    {"9.255.255.255", AddressKind::global},
    {"10.0.0.0", AddressKind::private_use},
    {"10.255.255.255", AddressKind::private_use},
    {"11.0.0.0", AddressKind::global},
    {"100.63.255.255", AddressKind::global},
    {"100.64.0.0", AddressKind::shared},
    {"100.127.255.255", AddressKind::shared},
    {"100.128.0.0", AddressKind::global},
    {"126.255.255.255", AddressKind::global},
    {"127.0.0.1", AddressKind::loopback},
    {"127.255.255.255", AddressKind::loopback},
    {"128.0.0.0", AddressKind::global},
    {"169.253.255.255", AddressKind::global},
    {"169.254.169.254", AddressKind::link_local},
    {"169.255.0.0", AddressKind::global},
    {"172.15.255.255", AddressKind::global},
    {"172.16.0.0", AddressKind::private_use},
    {"172.31.255.255", AddressKind::private_use},
    {"172.32.0.0", AddressKind::global},
    {"192.0.0.8", AddressKind::reserved},
    {"192.0.1.0", AddressKind::global},
    {"192.0.2.1", AddressKind::documentation},
    {"192.88.99.1", AddressKind::reserved},
    {"192.167.255.255", AddressKind::global},
    {"192.168.0.1", AddressKind::private_use},
    {"192.169.0.0", AddressKind::global},
    {"198.17.255.255", AddressKind::global},
    {"198.18.0.0", AddressKind::benchmarking},
    {"198.19.255.255", AddressKind::benchmarking},
    {"198.51.100.7", AddressKind::documentation},
    {"203.0.113.7", AddressKind::documentation},
    {"223.255.255.255", AddressKind::global},
    {"224.0.0.1", AddressKind::multicast},
    {"239.255.255.255", AddressKind::multicast},
    {"240.0.0.0", AddressKind::reserved},
    {"255.255.255.255", AddressKind::reserved},
    {"::", AddressKind::unspecified},
    {"::1", AddressKind::loopback},
    {"::2", AddressKind::mapped},
    {"::127.0.0.1", AddressKind::mapped},
    {"::ffff:127.0.0.1", AddressKind::mapped},
    {"::ffff:8.8.8.8", AddressKind::mapped},
    {"64:ff9b::7f00:1", AddressKind::mapped},
    {"64:ff9b:1::1", AddressKind::mapped},
    {"100::1", AddressKind::reserved},
    {"2001::1", AddressKind::mapped},
    {"2001:2::1", AddressKind::benchmarking},
    {"2001:20::1", AddressKind::reserved},
    {"2001:200::1", AddressKind::global},
    {"2001:db8::1", AddressKind::documentation},
    {"2001:db9::1", AddressKind::global},
    {"2002:7f00:1::1", AddressKind::mapped},
    {"2606:4700::1111", AddressKind::global},
    {"3fff::1", AddressKind::documentation},
    {"3fff:1000::1", AddressKind::global},
    {"4000::1", AddressKind::reserved},
    {"5f00::1", AddressKind::reserved},
    {"fc00::1", AddressKind::unique_local},
    {"fdff::1", AddressKind::unique_local},
    {"fe80::1", AddressKind::link_local},
    {"febf::1", AddressKind::link_local},
    {"fec0::1", AddressKind::reserved},
    {"ff02::1", AddressKind::multicast},
};

TEST(AddressRules, OnlyAddressesOfThePublicInternetAreAllowed) {
  const AddressRules rules;
  for (const Case& one : kCases) {
    const auto address = config::parse_address(one.address);
    ASSERT_TRUE(address) << one.address;
    EXPECT_EQ(to_string(kind_of(*address)), to_string(one.kind)) << one.address;
    EXPECT_EQ(rules.allow(*address), one.kind == AddressKind::global) << one.address;
  }
}

TEST(AddressRules, ALabNamesItsPrefixesAndNothingMoreIsAllowed) {
  AddressRules rules;
  rules.lab_prefixes = {*config::parse_prefix("127.0.0.1/32"), *config::parse_prefix("fd00:1::/64")};
  const auto allowed = [&](const char* text) { return rules.allow(*config::parse_address(text)); };
  EXPECT_TRUE(allowed("127.0.0.1"));
  EXPECT_FALSE(allowed("127.0.0.2"));
  EXPECT_FALSE(allowed("::ffff:127.0.0.1"));
  EXPECT_TRUE(allowed("fd00:1::5"));
  EXPECT_FALSE(allowed("fd00:2::5"));
  EXPECT_TRUE(allowed("8.8.8.8"));
}

}  // namespace
}  // namespace stirline::control::address_rules_test
