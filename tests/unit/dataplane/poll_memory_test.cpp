// What a poll core lends and takes back: slots in order of age, buffers by size; and its counters' table.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "dataplane/counters.hpp"
#include "dataplane/poll/message_store.hpp"
#include "dataplane/poll/parking.hpp"

namespace stirline::dataplane::poll_memory_test {
namespace {

TEST(Parking, KeepsTheOldestAtHand) {
  Parking parking(3, SOCKET_ID_ANY);
  EXPECT_EQ(parking.oldest(), Parking::kNone);
  const std::uint32_t first = parking.take(7);
  const std::uint32_t second = parking.take(7);
  const std::uint32_t third = parking.take(7);
  EXPECT_EQ(parking.take(7), Parking::kNone);
  EXPECT_EQ(parking.oldest(), first);
  parking.give_back(second);  // from the middle
  EXPECT_EQ(parking.oldest(), first);
  parking.give_back(first);
  EXPECT_EQ(parking.oldest(), third);
  const std::uint32_t fourth = parking.take(7);
  EXPECT_EQ(parking.oldest(), third);
  parking.give_back(third);
  EXPECT_EQ(parking.oldest(), fourth);
  parking.give_back(fourth);
  EXPECT_EQ(parking.oldest(), Parking::kNone);
  EXPECT_EQ(parking.used(), 0U);
}

TEST(Parking, AnAbandonedSlotIsNeitherOldNorFree) {
  Parking parking(2, SOCKET_ID_ANY);
  const std::uint32_t first = parking.take(7);
  const std::uint32_t second = parking.take(7);
  parking.abandon(first);
  EXPECT_TRUE(parking[first].abandoned);
  EXPECT_EQ(parking.oldest(), second);
  EXPECT_EQ(parking.take(7), Parking::kNone);
  parking.give_back(first);
  const std::uint32_t again = parking.take(7);
  EXPECT_EQ(again, first);
  EXPECT_FALSE(parking[again].abandoned);
  EXPECT_EQ(parking.index_of(parking[again]), again);
}

TEST(MessageStore, LendsBySizeAndTakesBack) {
  MessageStore store(1, 1);
  const auto small = store.take(100);
  EXPECT_EQ(small.size(), MessageStore::kSmallBytes);
  EXPECT_TRUE(store.take(100).empty());  // a small message never takes a large buffer's place
  const auto large = store.take(MessageStore::kSmallBytes + 1);
  EXPECT_EQ(large.size(), MessageStore::kLargeBytes);
  EXPECT_TRUE(store.take(60'000).empty());
  EXPECT_TRUE(store.take(MessageStore::kLargeBytes + 1).empty());
  store.give_back(large);
  store.give_back(small);
  EXPECT_EQ(store.take(1).data(), small.data());
  EXPECT_EQ(store.take(65'000).data(), large.data());
}

TEST(Counters, HaveANameAUnitAndAHelpEach) {
  std::set<std::string> names;
  for (const CounterFacts& facts : counter_facts()) {
    EXPECT_TRUE(names.insert(facts.name).second) << facts.name << " twice";
    EXPECT_FALSE(facts.unit.empty()) << facts.name;
    EXPECT_FALSE(facts.help.empty()) << facts.name;
  }
  EXPECT_EQ(counter_facts()[static_cast<std::size_t>(Counter::received)].name, "received");
  EXPECT_EQ(counter_facts()[kParseErrorBase + static_cast<std::size_t>(sip::ErrorCode::bare_cr)].name, "parse_bare_cr");
}

TEST(Counters, FamiliesDoNotMix) {
  Counters counters;
  counters.add(static_cast<sip::ErrorCode>(sip::kErrorCodes - 1));
  counters.add(crypto::NotSigned::other_method);
  counters.add(crypto::Reason::signature_wrong);
  counters.add(Counter::received, 5);
  for (std::size_t i = 0; i < kCounters; ++i) {
    const std::string& name = counter_facts()[i].name;
    const std::uint64_t expected =
        name == "received"                                                                                     ? 5U
        : name == "parse_bad_call_id" || name == "not_signed_other_method" || name == "verify_signature_wrong" ? 1U
                                                                                                               : 0U;
    EXPECT_EQ(counters.value(i), expected) << name;
  }
}

}  // namespace
}  // namespace stirline::dataplane::poll_memory_test
