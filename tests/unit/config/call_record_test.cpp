// Records of calls as octets: what goes in comes out, and no octets do harm (STIR-RG-03, STIR-SH-02).
#include "config/wire/call_record.hpp"

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stirline::config::wire::call_record_test {
namespace {

std::string encoded(const CallRecord& record) {
  std::array<char, kMaxRecordBytes> octets;
  return {octets.data(), encode_record(record, octets)};
}

const std::array<std::uint8_t, kRecordHashBytes> kHash = [] {
  std::array<std::uint8_t, kRecordHashBytes> hash{};
  std::iota(hash.begin(), hash.end(), std::uint8_t{1});
  return hash;
}();

CallRecord full_record() {
  CallRecord record;
  record.time = 1'795'000'000;
  record.decision = Decision::judged;
  record.flow = Flow::to_peer;
  record.verdict = crypto::Verdict::invalid;
  record.stripped = true;
  record.wrong_sender = true;
  record.known_caller = true;
  record.challenged = true;
  record.notify = true;
  record.withheld = true;
  record.handling = policy::Handling::allow_marked;
  record.attest = 'B';
  record.trunk = "carrier-b";
  record.in_port = "outside";
  record.out_port = "inside";
  record.method = "INVITE";
  record.reason = "orig_mismatch";
  record.orig = "12155550121";
  record.dest = "sip:bob@b.example.com";
  record.target = "12155550139";
  record.rule = "user:r5";
  record.origid = "123e4567-e89b-12d3-a456-426655440000";
  record.call_id = "a84b4c76e66710@pc33";
  record.add({"shaken", kHash});
  record.add({"", {}});
  return record;
}

void expect_equal(const CallRecord& a, const CallRecord& b) {
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.decision, b.decision);
  EXPECT_EQ(a.flow, b.flow);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.stripped, b.stripped);
  EXPECT_EQ(a.wrong_sender, b.wrong_sender);
  EXPECT_EQ(a.known_caller, b.known_caller);
  EXPECT_EQ(a.challenged, b.challenged);
  EXPECT_EQ(a.notify, b.notify);
  EXPECT_EQ(a.withheld, b.withheld);
  EXPECT_EQ(a.handling, b.handling);
  EXPECT_EQ(a.cut, b.cut);
  EXPECT_EQ(a.attest, b.attest);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.trunk, b.trunk);
  EXPECT_EQ(a.in_port, b.in_port);
  EXPECT_EQ(a.out_port, b.out_port);
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.orig, b.orig);
  EXPECT_EQ(a.dest, b.dest);
  EXPECT_EQ(a.target, b.target);
  EXPECT_EQ(a.rule, b.rule);
  EXPECT_EQ(a.origid, b.origid);
  EXPECT_EQ(a.call_id, b.call_id);
  ASSERT_EQ(a.token_count, b.token_count);
  for (std::size_t i = 0; i < a.token_count; ++i) {
    EXPECT_EQ(a.tokens[i].type, b.tokens[i].type);
    EXPECT_TRUE(std::ranges::equal(a.tokens[i].hash, b.tokens[i].hash));
  }
}

TEST(CallRecord, WhatGoesInComesOut) {
  const CallRecord record = full_record();
  CallRecord empty;
  empty.trunk = empty.in_port = empty.out_port = "x";
  const std::string both = encoded(record) + encoded(empty);
  std::string_view rest = both;
  const auto first = decode_record(rest);
  ASSERT_TRUE(first) << first.error();
  expect_equal(*first, record);
  const auto second = decode_record(rest);
  ASSERT_TRUE(second) << second.error();
  expect_equal(*second, empty);
  EXPECT_TRUE(rest.empty());
}

TEST(CallRecord, TextsThatAreTooLongAreCutAndToldSo) {
  CallRecord record = full_record();
  const std::string longest(1'000, 'n');
  for (std::string_view* text :
       {&record.trunk, &record.in_port, &record.out_port, &record.method, &record.reason, &record.rule, &record.orig,
        &record.dest, &record.target, &record.origid, &record.call_id}) {
    *text = longest;
  }
  while (record.token_count < kMaxRecordTokens) {
    record.add({longest, kHash});
  }
  record.add({"one too many", kHash});
  const std::string octets = encoded(record);
  EXPECT_LE(octets.size(), kMaxRecordBytes);
  std::string_view rest = octets;
  const auto decoded = decode_record(rest);
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_TRUE(decoded->cut);
  EXPECT_EQ(decoded->orig.size(), kMaxRecordIdentity);
  EXPECT_EQ(decoded->call_id.size(), kMaxRecordCallId);
  EXPECT_EQ(decoded->token_count, kMaxRecordTokens);
  EXPECT_EQ(decoded->tokens[5].type.size(), kMaxRecordType);
}

TEST(CallRecord, NoPartOfARecordIsTaken) {
  const std::string octets = encoded(full_record());
  for (std::size_t length = 0; length < octets.size(); ++length) {
    std::string_view rest = std::string_view(octets).substr(0, length);
    EXPECT_FALSE(decode_record(rest)) << length;
  }
}

// Every octet changed to every value: either it is refused, or what was read is what would be written again.
TEST(CallRecord, ChangedOctetsAreRefusedOrMeanWhatTheySay) {
  const std::string good = encoded(full_record());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string octets = good;
      octets[at] = static_cast<char>(value);
      std::string_view rest = octets;
      const auto record = decode_record(rest);
      if (record) {
        EXPECT_EQ(encoded(*record), octets.substr(0, octets.size() - rest.size())) << at << " " << value;
      } else {
        EXPECT_FALSE(record.error().empty());
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 3'000U);
}

}  // namespace
}  // namespace stirline::config::wire::call_record_test
