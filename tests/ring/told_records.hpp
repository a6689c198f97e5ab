// What an appliance has told of calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"
#include "tests/support/harness.hpp"

namespace stirline::test {

// The records since the last time; views in them lie in `batch`.
inline std::vector<config::wire::CallRecord> told_records(Harness& harness, std::string& batch) {
  EXPECT_TRUE(harness.settle());
  batch.clear();
  harness.appliance().take_records(batch, config::wire::kMaxPayload);
  std::vector<config::wire::CallRecord> all;
  for (std::string_view rest = batch; !rest.empty();) {
    const auto record = config::wire::decode_record(rest);
    if (!record) {
      ADD_FAILURE() << record.error();
      break;
    }
    all.push_back(*record);
  }
  return all;
}

}  // namespace stirline::test
