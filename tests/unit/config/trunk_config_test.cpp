// [[trunk]] of stirline-control's file: peers, what is signed, what is stripped, what a source may begin.
#include "config/trunk_config.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/good_control_config.hpp"

namespace stirline::config::trunk_config_test {
namespace {

using test::kGood;
using test::Lines;
using test::mistakes;
using test::replaced;
using test::TemporaryFile;
using namespace tables;

TEST(TrunkConfig, BadPrefixes) {
  constexpr std::string_view kExpected = "expected an IP prefix such as 192.0.2.0/24, host bits zero, named once";
  const auto told = [&](std::string_view with) { return mistakes("2001:db8::1", with); };
  const auto line = [&](std::string_view found) {
    return Lines{":12: trunk[0].peers[1]: " + std::string(kExpected) + ", found \"" + std::string(found) + "\""};
  };
  for (const std::string_view bad : {"192.0.2.0/99", "192.0.2.1/24", "2001:db8::/129", "host", "192.0.2.0/24"}) {
    EXPECT_EQ(told(bad), line(bad));
  }
  EXPECT_EQ(mistakes("\"2001:db8::1\"", "7"), line("7 (integer)"));
  EXPECT_EQ(mistakes("[\"192.0.2.0/24\", \"2001:db8::1\"]", "[]").size(), 1U);
  EXPECT_EQ(mistakes("[5060, 5080]", "[]"), Lines{R"~(:13: trunk[0].ports: expected 1 to 64 ports, found "0")~"});
  EXPECT_EQ(mistakes("[5060, 5080]", "[5060, 5060]"),
            Lines{R"~(:13: trunk[0].ports: expected each port once, found "5060 a second time")~"});
  EXPECT_EQ(mistakes("[5060, 5080]", "[0]"),
            Lines{R"~(:13: trunk[0].ports[0]: expected a whole number from 1 to 65535, found "0")~"});
}

TEST(TrunkConfig, TwoTrunksDoNotShareAPeer) {
  EXPECT_EQ(
      mistakes("side = \"a\"\n", ""),
      Lines{
          R"~(:34: trunk[1].peers: expected prefix and port of no other trunk on this side (trunk north has it), found "192.0.2.0/24 port 5060")~"});
}

TEST(TrunkConfig, TokensToBeMade) {
  const auto trunk_with = [](const std::string& options) {
    return replaced(std::string(kGood), "role = \"verify\"\n", "role = \"verify\"\n" + options);
  };
  const TemporaryFile file("t.toml", trunk_with("tokens = [\"msg\", \"div\"]\npriorities = [\"ets\", \"wps\"]\n"
                                                "priority_credential = \"main\"\ndiverted_seconds = 300\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const Trunk& trunk = loaded->trunks[0];
  EXPECT_FALSE(trunk.sign_calls);
  EXPECT_TRUE(trunk.sign_messages);
  EXPECT_TRUE(trunk.sign_diversions);
  EXPECT_EQ(trunk.priorities, (std::vector<std::string>{"ets", "wps"}));
  EXPECT_EQ(trunk.priority_credential, "main");
  EXPECT_EQ(trunk.diverted_seconds, 300U);
  for (
      const auto& [options, mistake] : std::vector<std::pair<std::string, std::string>>{
          {"tokens = [\"rsp\"]\n", R"~(:12: trunk[0].tokens[0]: expected shaken, msg, div or rcd, found "rsp")~"},
          {"priorities = [\"ets\"]\n",
           R"~(:7: trunk[0].priority_credential: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found nothing)~"},
          {"priority_credential = \"main\"\n",
           R"~(:12: trunk[0].priority_credential: expected priorities beside it, found "main")~"},
          {"priorities = [\"ets\"]\npriority_credential = \"other\"\n",
           R"~(:13: trunk[0].priority_credential: expected the name of a [[credential]], found "other")~"},
          {"diverted_seconds = 10801\n",
           R"~(:12: trunk[0].diverted_seconds: expected a whole number from 1 to 10800, found "10801")~"}}) {
    EXPECT_EQ(mistakes(trunk_with(options)), Lines{mistake});
  }
}

// STIR-RG-01: what the law calls us decides what is not said.
TEST(TrunkConfig, ProvidersHaveDutiesOfTheirOwn) {
  struct Row {
    std::string options;
    tables::Role role;
    char unknown_attest;
    char attest_at_most;
  };
  const std::string credential = "unknown_credential = \"main\"\n";
  for (const Row& row : std::vector<Row>{
           {"", tables::Role::both, '-', 'A'},
           {"provider = \"originating\"\n", tables::Role::both, '-', 'A'},
           {"provider = \"gateway\"\n" + credential, tables::Role::both, 'C', 'C'},
           {"provider = \"intermediate\"\n" + credential, tables::Role::both, 'C', 'C'},
           {"provider = \"intermediate\"\nunknown_attest = \"none\"\n", tables::Role::both, '-', 'C'},
           {"provider = \"gateway\"\nattest_at_most = \"B\"\n" + credential, tables::Role::both, 'C', 'B'},
           {"provider = \"terminating\"\n", tables::Role::verify, '-', 'A'},
           {"provider = \"terminating\"\nrole = \"both\"\n", tables::Role::both, '-', 'A'},
       }) {
    const std::string silent =
        replaced(std::string(kGood), "unknown_attest = \"C\"\nunknown_credential = \"main\"\n", "");
    const TemporaryFile file("t.toml", replaced(silent, "role = \"verify\"\n", row.options));
    const auto loaded = load_control_config(file.path());
    ASSERT_TRUE(loaded) << row.options << to_string(loaded.error().front());
    EXPECT_EQ(loaded->trunks[0].role, row.role) << row.options;
    EXPECT_EQ(loaded->trunks[0].unknown_attest, row.unknown_attest) << row.options;
    EXPECT_EQ(loaded->trunks[0].attest_at_most, row.attest_at_most) << row.options;
  }
}

// STIR-AS-16
TEST(TrunkConfig, TheBypassOfAnOutageEnds) {
  const auto with = [](const std::string& options) {
    return replaced(std::string(kGood), "trusted = true\n", options);
  };
  const TemporaryFile file("t.toml", with("identity_bypass = \"OSIP99-1234567890ABCDEF\"\n"
                                          "identity_bypass_until = 2026-11-18T13:06:40.5+02:00\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->trunks[0].identity_bypass, "OSIP99-1234567890ABCDEF");
  EXPECT_EQ(loaded->trunks[0].identity_bypass_until, 1'795'000'000);
  const std::string expected = "expected a date and time with its offset, such as 2026-12-01T00:00:00Z";
  EXPECT_EQ(mistakes(with("identity_bypass = \"x\"\n")),
            Lines{":7: trunk[0].identity_bypass_until: " + expected + ", found nothing"});
  for (const std::string wrong : {"2026-11-18T13:06:40", "2026-11-18", "1795000000", "\"2026-11-18T13:06:40Z\""}) {
    const Lines told = mistakes(with("identity_bypass = \"x\"\nidentity_bypass_until = " + wrong + "\n"));
    ASSERT_EQ(told.size(), 1U) << wrong;
    EXPECT_TRUE(told[0].starts_with(":15: trunk[0].identity_bypass_until: " + expected)) << told[0];
  }
  EXPECT_EQ(
      mistakes(with("identity_bypass_until = 2026-12-01T00:00:00Z\n")),
      Lines{
          ":7: trunk[0].identity_bypass: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found nothing"});
}

TEST(TrunkConfig, WhatOneSourceMayBegin) {  // INL-AV-02
  const auto trunk_with = [](const std::string& options) {
    return replaced(std::string(kGood), "role = \"verify\"\n", "role = \"verify\"\n" + options);
  };
  const TemporaryFile file("t.toml", trunk_with("new_per_second = 50\nnew_burst = 200\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->trunks[0].new_per_second, 50U);
  EXPECT_EQ(loaded->trunks[0].new_burst, 200U);
  EXPECT_EQ(mistakes(trunk_with("new_burst = 5\n")),
            Lines{R"~(:12: trunk[0].new_burst: expected new_per_second beside it, found "5")~"});
  EXPECT_EQ(mistakes(trunk_with("new_per_second = 1000001\n")),
            Lines{R"~(:12: trunk[0].new_per_second: expected a whole number from 0 to 1000000, found "1000001")~"});
}

TEST(TrunkConfig, WhomThePeerSpeaksFor) {  // SPIT-CL-12
  const auto trunk_with = [](const std::string& options) {
    return replaced(std::string(kGood), "role = \"verify\"\n", "role = \"verify\"\n" + options);
  };
  const TemporaryFile file("t.toml", trunk_with("sender_domains = [\"a.example\", \"*.b.example\"]\n"
                                                "sender_codes = [\"1234\", \"777X\"]\nredirect = \"302\"\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->trunks[0].sender_domains, (std::vector<std::string>{"a.example", "*.b.example"}));
  EXPECT_EQ(loaded->trunks[0].sender_codes, (std::vector<std::string>{"1234", "777X"}));
  EXPECT_EQ(loaded->trunks[0].redirect, Redirect::moved);
  EXPECT_TRUE(loaded->trunks[1].sender_domains.empty());
  for (const char* bad : {"A.example", "*", "*.", "a.*", "a,b", "a b", ""}) {
    EXPECT_EQ(mistakes(trunk_with("sender_domains = [\"" + std::string(bad) + "\"]\n")).size(), 1U) << bad;
  }
  for (const char* bad : {"", "12 34", "12,34"}) {
    EXPECT_EQ(mistakes(trunk_with("sender_codes = [\"" + std::string(bad) + "\"]\n")).size(), 1U) << bad;
  }
  std::string many;
  for (int i = 0; i < 65; ++i) {
    many += "\"c" + std::to_string(i) + "\",";
  }
  EXPECT_EQ(mistakes(trunk_with("sender_codes = [" + many + "]\n")).size(), 1U);
  EXPECT_EQ(mistakes(trunk_with("redirect = \"303\"\n")).size(), 1U);
}

TEST(TrunkConfig, WhoIsGivenPuzzles) {  // SPIT-HC-04
  const auto trunk_with = [](const std::string& options) {
    return replaced(std::string(kGood), "role = \"verify\"\n", "role = \"verify\"\n" + options);
  };
  const TemporaryFile file("t.toml", trunk_with("puzzles = \"nobody\"\nno_puzzle_to = \"sip:test@ivr.example.net\"\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->trunks[0].puzzles, Puzzles::nobody);
  EXPECT_EQ(loaded->trunks[0].no_puzzle_to, "sip:test@ivr.example.net");
  EXPECT_EQ(loaded->trunks[1].puzzles, Puzzles::announced);
  EXPECT_EQ(loaded->trunks[1].no_puzzle_to, "");
  for (const char* bad : {"puzzles = \"somebody\"\n", "puzzles = true\n", "no_puzzle_to = \"http://a.example\"\n"}) {
    EXPECT_EQ(mistakes(trunk_with(bad)).size(), 1U) << bad;
  }
}

TEST(TrunkConfig, TheEdgeOfTrust) {
  const auto trunk_with = [](const std::string& options) {
    return replaced(std::string(kGood), "trusted = true\n", options);
  };
  const TemporaryFile file("t.toml", trunk_with("trust_domain = false\nattestation_info = true\n"
                                                "unsigned_destinations = [\"1900\", \"800\"]\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_FALSE(loaded->trunks[0].trust_domain);
  EXPECT_TRUE(loaded->trunks[0].attestation_info);
  EXPECT_EQ(loaded->trunks[0].unsigned_destinations, (std::vector<std::string>{"1900", "800"}));
  std::string many = "unsigned_destinations = [";
  for (int i = 0; i < 65; ++i) {
    many += "\"1\",";
  }
  for (
      const auto& [options, mistake] : std::vector<std::pair<std::string, std::string>>{
          {"provider = \"carrier\"\n",
           R"~(:14: trunk[0].provider: expected one of originating, gateway, intermediate, terminating, found "carrier")~"},
          {"attest_at_most = \"none\"\n", R"~(:14: trunk[0].attest_at_most: expected one of A, B, C, found "none")~"},
          {"trusted = true\ntrust_domain = false\n",
           R"~(:15: trunk[0].trust_domain: expected true where the peer is trusted, found "false")~"},
          {"unsigned_destinations = [\"+1900\"]\n",
           R"~(:14: trunk[0].unsigned_destinations[0]: expected 1 to 15 digits, international form without '+', found "+1900")~"},
          {many + "]\n", R"~(:14: trunk[0].unsigned_destinations: expected at most 64 prefixes, found "65")~"}}) {
    EXPECT_EQ(mistakes(trunk_with(options)), Lines{mistake});
  }
}

}  // namespace
}  // namespace stirline::config::trunk_config_test
