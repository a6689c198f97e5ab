// stirline policy import, export, show and remove, as an operator runs them (SPIT-CL-02, SPIT-CL-03, SPIT-FW-07,
// SPIT-FW-11).
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::policy_command_test {
namespace {

class PolicyCommand : public ::testing::Test {
 protected:
  test::Finished policy(std::vector<std::string> arguments) {
    std::vector<std::string> argv{test::program("STIRLINE_COMMAND"), "policy"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return test::run(std::move(argv));
  }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  test::ScratchFolder scratch_;
  std::filesystem::path folder_ = scratch_.path();
  std::string store_ = (folder_ / "lists.db").string();
};

const std::string kGood =
    "list,kind,subject,until,origin,note\r\n"
    "black,number,+1 215 555 0100,2099-06-30T00:00:00Z,trace-back 17,\"called 40,000 people\"\r\n"
    "white,domain,Example.COM,,,\r\n";

TEST_F(PolicyCommand, WhatIsTakenInIsShownAndGivenOut) {
  const test::Finished import = policy({"import", "--store", store_, file("today.csv", kGood)});
  ASSERT_EQ(import.status, 0) << import.err;
  EXPECT_EQ(import.out, "2 taken, 0 with mistakes\n");
  const test::Finished show = policy({"show", "--store", store_, "--list", "black", "--json"});
  ASSERT_EQ(show.status, 0) << show.err;
  const auto entry = nlohmann::json::parse(show.out);
  EXPECT_EQ(entry.at("subject"), "12155550100");
  EXPECT_EQ(entry.at("until"), "2099-06-30T00:00:00Z");
  EXPECT_EQ(entry.at("note"), "called 40,000 people");
  const test::Finished table = policy({"show", "--store", store_});
  EXPECT_NE(table.out.find("example.com"), std::string::npos);
  EXPECT_NE(table.out.find("2 shown, 2 in the store"), std::string::npos);
  const test::Finished given = policy({"export", "--store", store_});
  EXPECT_EQ(given.out,
            "list,kind,subject,until,origin,note\r\n"
            "white,domain,example.com,,today.csv,\r\n"
            "black,number,12155550100,2099-06-30T00:00:00Z,trace-back 17,\"called 40,000 people\"\r\n");
  const std::string copy = (folder_ / "copy.csv").string();
  EXPECT_EQ(policy({"export", "--store", store_, copy}).status, 0);
  std::stringstream written;
  written << std::ifstream(copy, std::ios::binary).rdbuf();
  EXPECT_EQ(written.str(), given.out);
}

TEST_F(PolicyCommand, MistakesAreToldWithTheirLines) {
  const std::string bad = file("bad.csv", kGood + "grey,number,1,,,\r\n");
  const test::Finished refused = policy({"import", "--store", store_, bad});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err, bad + ":4: \"grey\" is no list\n");
  EXPECT_EQ(policy({"show", "--store", store_, "--json"}).out, "");
  const test::Finished skipped = policy({"import", "--store", store_, "--skip-mistakes", "--json", bad});
  EXPECT_EQ(skipped.status, 0);
  EXPECT_EQ(skipped.out, "{\"taken\":2,\"mistakes\":1}\n");
}

TEST_F(PolicyCommand, WrongUseIsToldApart) {
  EXPECT_EQ(policy({}).status, 64);
  EXPECT_EQ(policy({"import", "--store", store_}).status, 64);
  EXPECT_EQ(policy({"import", "--store", store_, (folder_ / "none.csv").string()}).status, 64);
  EXPECT_EQ(policy({"import", "--store", store_, file("other.csv", "a,b\n")}).status, 64);
  EXPECT_EQ(policy({"show", "--store", store_, "--list", "grey"}).status, 64);
  EXPECT_EQ(policy({"export", "--store", (folder_ / "no/such/folder").string()}).status, 64);
  EXPECT_EQ(policy({"show", "--store", file("text.db", "this is no database, and it is long enough to be one")}).status,
            64);
}

// Whom a user knows: taken in, shown, given out and taken back, and nobody else's with it.
TEST_F(PolicyCommand, AUsersAddressBook) {
  const std::string book = file("bob.vcf",
                                "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Carol\r\nTEL:020 7183 8750\r\nEND:VCARD\r\n"
                                "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dave\r\nIMPP:sip:dave@example.com\r\nTEL:x5\r\n"
                                "END:VCARD\r\n");
  const test::Finished import = policy({"import", "--store", store_, "--user", "tel:+1-215-555-0121", "--country-code",
                                        "44", "--national-prefix", "0", "--days", "30", book});
  ASSERT_EQ(import.status, 0) << import.err;
  EXPECT_EQ(import.out, "2 taken, 1 left out\n");
  EXPECT_NE(import.err.find("\"x5\" is nobody who can call"), std::string::npos) << import.err;
  ASSERT_EQ(policy({"import", "--store", store_, "--user", "sip:alice@example.com", book}).status, 0);
  const test::Finished given = policy({"export", "--store", store_, "--owner", "+1 215 555 0121"});
  EXPECT_NE(given.out.find("white,number,442071838750,20"), std::string::npos) << given.out;
  EXPECT_NE(given.out.find(",bob.vcf,Carol\r\n"), std::string::npos) << given.out;
  EXPECT_NE(given.out.find("white,uri,sip:dave@example.com,20"), std::string::npos) << given.out;
  EXPECT_EQ(policy({"remove", "--store", store_, "--owner", "tel:+12155550121", "--subject", "+442071838750"}).out,
            "1 removed\n");
  EXPECT_EQ(policy({"remove", "--store", store_, "--owner", "tel:+12155550121", "--origin", "outbound"}).out,
            "0 removed\n");
  EXPECT_EQ(policy({"remove", "--store", store_, "--owner", "tel:+12155550121"}).out, "1 removed\n");
  EXPECT_EQ(policy({"remove", "--store", store_}).status, 64) << "of whom?";
  EXPECT_NE(policy({"show", "--store", store_}).out.find("1 shown, 1 in the store"), std::string::npos);
  EXPECT_EQ(policy({"import", "--store", store_, "--user", "nobody", book}).status, 64);
  EXPECT_EQ(policy({"import", "--store", store_, "--user", "tel:+12155550121", "--form", "ldif", book}).status, 64);
}

}  // namespace
}  // namespace stirline::control::policy_command_test
