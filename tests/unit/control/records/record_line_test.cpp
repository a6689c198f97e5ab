// A record as a line: what it says, and that nothing from the network gets out of its quotes (STIR-SH-02, STIR-PR-04).
#include "control/records/record_line.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/control/records/sample_record.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::record_line_test {
namespace {

using Json = nlohmann::ordered_json;
using test::sample_record;

Pseudonyms pseudonyms(const test::ScratchFolder& folder, char octet = 'k') {
  auto loaded = Pseudonyms::load(folder.write("pseudonym.key", std::string(Pseudonyms::kKeyBytes, octet)));
  EXPECT_TRUE(loaded) << loaded.error();
  return std::move(*loaded);
}

TEST(RecordLine, SaysWhatATracebackAsksFor) {  // STIR-RG-03, STIR-SH-02
  EXPECT_EQ(
      record_line(sample_record(), nullptr),
      R"({"time":1795000000,"decision":"judged","flow":"from_peer","trunk":"carrier","in":"outside",)"
      R"("out":"inside","method":"INVITE","verdict":"valid","reason":"verified","orig":"12155550121",)"
      R"("dest":"442079460123","attest":"A","origid":"123e4567-e89b-12d3-a456-426655440000",)"
      R"("tokens":[{"type":"shaken","sha256":"abcd000000000000000000000000000000000000000000000000000000000000"}],)"
      R"("call_id":"a84b4c76e66710@pc33"})"
      "\n");
}

TEST(RecordLine, LeavesOutWhatSaysNothing) {
  config::wire::CallRecord record;
  record.decision = config::wire::Decision::emergency;
  record.trunk = record.in_port = record.out_port = "x";
  record.method = "INVITE";
  record.target = record.dest = "12155550131";
  const Json line = Json::parse(record_line(record, nullptr));
  for (const char* name : {"verdict", "reason", "attest", "origid", "tokens", "stripped", "cut", "call_id", "target"}) {
    EXPECT_FALSE(line.contains(name)) << name;
  }
  record.target = "12155550139";
  record.stripped = record.cut = true;
  record.add({"", {}});
  const Json other = Json::parse(record_line(record, nullptr));
  EXPECT_EQ(other.at("target"), "12155550139");
  EXPECT_EQ(other.at("stripped"), true);
  EXPECT_EQ(other.at("cut"), true);
  EXPECT_EQ(other.at("tokens"), Json::parse(R"([{"type":"baseline"}])"));
}

TEST(RecordLine, WhateverTheNetworkWritesIsOneLineOfPrintableAscii) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string hostile =
        "a\"\\" + std::string(3, static_cast<char>(octet)) + "\xc2\x9b\x1b]0;x\x07\r\n{\"time\":1}";
    config::wire::CallRecord record = sample_record();
    record.call_id = record.orig = record.dest = record.method = record.origid = hostile;
    record.tokens[0].type = hostile;
    const std::string line = record_line(record, nullptr);
    ASSERT_TRUE(std::ranges::all_of(std::string_view(line).substr(0, line.size() - 1), [](char c) {
      return c >= 0x20 && c < 0x7f;
    })) << octet;
    EXPECT_TRUE(line.ends_with("}\n"));
    EXPECT_TRUE(Json::parse(line).is_object());
  }
}

TEST(RecordLine, PseudonymsHideWhoCalls) {  // STIR-PR-04
  const test::ScratchFolder folder;
  const Pseudonyms names = pseudonyms(folder);
  config::wire::CallRecord record = sample_record();
  record.target = "12155550139";
  const std::string line = record_line(record, &names);
  for (const std::string_view personal : {record.orig, record.dest, record.target, record.call_id}) {
    EXPECT_FALSE(line.contains(personal)) << personal;
  }
  const Json parsed = Json::parse(line);
  EXPECT_EQ(parsed.at("orig"), names.of(record.orig));
  EXPECT_EQ(parsed.at("dest"), names.of(record.dest));
  EXPECT_EQ(parsed.at("attest"), "A");
}

TEST(Pseudonyms, AreHmacSha256) {
  const test::ScratchFolder folder;
  const Pseudonyms names = pseudonyms(folder);
  // printf 12155550121 | openssl dgst -sha256 -mac HMAC -macopt hexkey:6b6b... | cut -c -32
  EXPECT_EQ(names.of("12155550121"), "p:81af09b595d652a77b94b8c28b3253d1");
  EXPECT_EQ(names.of(""), "");
  EXPECT_NE(pseudonyms(folder, 'l').of("12155550121"), names.of("12155550121"));
}

TEST(Pseudonyms, AKeyHasThirtyTwoOctets) {
  const test::ScratchFolder folder;
  for (const std::size_t size : {0U, 31U, 33U}) {
    EXPECT_FALSE(Pseudonyms::load(folder.write("short.key", std::string(size, 'k')))) << size;
  }
  EXPECT_FALSE(Pseudonyms::load(folder / "absent.key"));
}

}  // namespace
}  // namespace stirline::control::record_line_test
