// A record as the tests of its keeping want it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/wire/call_record.hpp"

namespace stirline::control::test {

inline constexpr std::int64_t kRecordTime = 1'795'000'000;  // 2026-11-18T11:06:40Z

inline config::wire::CallRecord sample_record(std::string_view orig = "12155550121",
                                              std::string_view dest = "442079460123", std::int64_t time = kRecordTime) {
  static constexpr std::array<std::uint8_t, config::wire::kRecordHashBytes> kHash{0xab, 0xcd};
  config::wire::CallRecord record;
  record.time = time;
  record.decision = config::wire::Decision::judged;
  record.flow = config::wire::Flow::from_peer;
  record.verdict = crypto::Verdict::valid;
  record.attest = 'A';
  record.trunk = "carrier";
  record.in_port = "outside";
  record.out_port = "inside";
  record.method = "INVITE";
  record.reason = "verified";
  record.orig = orig;
  record.dest = dest;
  record.origid = "123e4567-e89b-12d3-a456-426655440000";
  record.call_id = "a84b4c76e66710@pc33";
  record.add({"shaken", kHash});
  return record;
}

// As it travels.
inline std::string octets_of(const config::wire::CallRecord& record) {
  std::array<char, config::wire::kMaxRecordBytes> octets;
  return {octets.data(), config::wire::encode_record(record, octets)};
}

}  // namespace stirline::control::test
