// Records on their way to the main thread: whole or not at all, in order, and never beyond the bound (STIR-RG-03).
#include "dataplane/poll/record_queue.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"

namespace stirline::dataplane::record_queue_test {
namespace {

namespace wire = config::wire;

std::string encoded(const std::string& call_id) {
  wire::CallRecord record;
  record.trunk = record.in_port = record.out_port = "x";
  record.call_id = call_id;
  std::array<char, wire::kMaxRecordBytes> octets;
  return {octets.data(), wire::encode_record(record, octets)};
}

std::vector<std::string> call_ids(std::string_view batch) {
  std::vector<std::string> ids;
  while (!batch.empty()) {
    const auto record = wire::decode_record(batch);
    if (!record) {
      ADD_FAILURE() << record.error();
      break;
    }
    ids.emplace_back(record->call_id);
  }
  return ids;
}

TEST(RecordQueue, WholeOrNotAtAll) {
  const std::string record = encoded(std::string(200, 'a'));
  RecordQueue queue(3 * record.size() + record.size() / 2);
  EXPECT_TRUE(queue.push(record));
  EXPECT_TRUE(queue.push(record));
  EXPECT_TRUE(queue.push(record));
  EXPECT_FALSE(queue.push(record)) << "half of it would have fitted";
  std::string batch;
  queue.take(batch, wire::kMaxPayload);
  EXPECT_EQ(call_ids(batch).size(), 3U);
  for (int round = 0; round < 100; ++round) {  // across the end of the ring, at every offset
    const std::string other = encoded(std::string(static_cast<std::size_t>(round), 'b'));
    EXPECT_TRUE(queue.push(other));
    EXPECT_TRUE(queue.push(record));
    batch.clear();
    queue.take(batch, wire::kMaxPayload);
    EXPECT_EQ(batch, other + record);
  }
}

TEST(RecordQueue, ABatchHoldsWholeRecordsAndNoMoreThanAMessage) {
  RecordQueue queue(256 * 1'024);
  std::size_t pushed = 0;
  while (queue.push(encoded(std::to_string(pushed)))) {
    ++pushed;
  }
  std::size_t taken = 0;
  for (std::string batch; taken < pushed; batch.clear()) {
    queue.take(batch, wire::kMaxPayload);
    ASSERT_LE(batch.size(), wire::kMaxPayload);
    for (const std::string& id : call_ids(batch)) {
      EXPECT_EQ(id, std::to_string(taken++));
    }
  }
  std::string none;
  queue.take(none, wire::kMaxPayload);
  EXPECT_TRUE(none.empty());
}

TEST(RecordQueue, BetweenTwoThreads) {
  constexpr std::size_t kRecords = 50'000;
  RecordQueue queue(8 * 1'024);
  std::size_t dropped = 0;
  std::vector<std::string> ids;
  std::jthread poll_core([&] {
    for (std::size_t i = 0; i < kRecords; ++i) {
      dropped += queue.push(encoded(std::to_string(i))) ? 0U : 1U;
    }
    while (!queue.push(encoded("end"))) {
      std::this_thread::yield();
    }
  });
  while (ids.empty() || ids.back() != "end") {
    std::string batch;
    queue.take(batch, wire::kMaxPayload);
    for (std::string& id : call_ids(batch)) {
      ids.push_back(std::move(id));
    }
  }
  poll_core.join();
  EXPECT_EQ(ids.size(), kRecords - dropped + 1);
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    const std::size_t number = std::stoul(ids[i]);
    EXPECT_GE(number, before);
    before = number + 1;
  }
}

}  // namespace
}  // namespace stirline::dataplane::record_queue_test
