// Watching messages on their way: each stage and its reason, nothing of others, never a message that waits for it.
#include "config/wire/watch.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/protocol.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::wire::Flow;
using config::wire::WatchBy;
using config::wire::WatchEvent;
using config::wire::WatchKind;
using dataplane::Counter;

constexpr std::uint64_t kWallNs = std::uint64_t{1'795'000'000} * 1'000'000'000;

class Watching : public testing::Test {
 protected:
  Watching() { harness_.publish(lab_tables()); }

  std::uint32_t watch(WatchBy by, const std::string& text, bool octets = false) {
    return harness_.appliance().start_watch({.by = by, .octets = octets, .seconds = 60, .text = text}, kWallNs);
  }

  std::string outwards(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(outward(message), 1'480)) {
      harness_.put_a(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_b(); });
  }
  std::string inwards(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_a(); });
  }

  // What has been told since the last time. Views lie in batch_.
  std::vector<WatchEvent> events() {
    EXPECT_TRUE(harness_.settle());
    batch_.clear();
    harness_.appliance().take_watched(batch_, std::size_t{1} << 22);
    std::vector<WatchEvent> all;
    for (std::string_view rest = batch_; !rest.empty();) {
      const auto event = config::wire::decode_watch_event(rest);
      if (!event) {
        ADD_FAILURE() << event.error();
        break;
      }
      all.push_back(*event);
    }
    return all;
  }
  // "arrived INVITE", "parked crypto_core", ...
  std::vector<std::string> stages() {
    std::vector<std::string> all;
    for (const WatchEvent& event : events()) {
      std::string line(to_string(event.kind));
      for (const std::string_view text : {event.what, event.reason}) {
        line += text.empty() ? "" : " " + std::string(text);
      }
      line += event.status == 0 ? "" : " " + std::to_string(event.status);
      all.push_back(line);
    }
    return all;
  }

  Harness harness_;
  std::string batch_;
};

using Stages = std::vector<std::string>;

TEST_F(Watching, OneCallFromPortToPortSignedAndJudged) {
  const CallSpec call{.number = 7, .date = kTestNow, .attest = 'B'};
  const std::uint32_t number = watch(WatchBy::number, originator(call));
  const std::string sent = outwards(invite(call));
  const auto all = events();
  ASSERT_EQ(all.size(), 5U);
  const WatchEvent& first = all.front();
  EXPECT_EQ(first.kind, WatchKind::arrived);
  EXPECT_EQ(first.flow, Flow::to_peer);
  EXPECT_EQ(first.trunk, "peer");
  EXPECT_EQ(first.in_port, "a");
  EXPECT_EQ(first.out_port, "b");
  EXPECT_EQ(first.what, "INVITE");
  EXPECT_FALSE(first.call_id.empty());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].watch, number);
    EXPECT_EQ(all[i].message, first.message);
    EXPECT_EQ(all[i].sequence, i);
    EXPECT_GE(all[i].time_ns, kWallNs);
    EXPECT_GE(all[i].time_ns, all[i == 0 ? 0 : i - 1].time_ns);
    EXPECT_TRUE(all[i].octets.empty()) << "nobody has asked for them";
  }
  EXPECT_EQ(all[1].kind, WatchKind::parked);
  EXPECT_EQ(all[2].kind, WatchKind::resumed);
  EXPECT_EQ(all[3].what, "signed");
  EXPECT_EQ(all[3].reason, "B");
  EXPECT_EQ(all[4].kind, WatchKind::sent);
  EXPECT_EQ(all[4].reason, "edited");
  EXPECT_EQ(all[4].out_port, "b");

  inwards(sent);
  EXPECT_EQ(stages(),
            (Stages{"arrived INVITE", "parked crypto_core", "resumed", "decided judged verified", "sent edited"}));
  EXPECT_EQ(harness_.counter(Counter::watched), 10U);
  EXPECT_EQ(harness_.counter(Counter::watch_dropped), 0U);
}

TEST_F(Watching, NothingOfOthersAndNothingWithoutAWatch) {
  outwards(invite({.number = 1, .date = kTestNow}));
  EXPECT_TRUE(events().empty());
  watch(WatchBy::number, originator({.number = 2}));
  outwards(invite({.number = 3, .date = kTestNow}));
  EXPECT_TRUE(events().empty());
  outwards(invite({.number = 2, .date = kTestNow}));
  EXPECT_EQ(events().size(), 5U);
  harness_.appliance().stop_watch();
  outwards(invite({.number = 2, .date = kTestNow, .attest = 'B'}));
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(harness_.counter(Counter::watched), 5U);
}

TEST_F(Watching, ByCalledPartyByCallIdAndByTrunk) {
  const CallSpec call{.number = 4, .date = kTestNow};
  const auto is_told = [&](WatchBy by, const std::string& text) {
    watch(by, text);
    outwards(following(invite(call), "CANCEL"));
    const bool told = !events().empty();
    return told;
  };
  EXPECT_TRUE(is_told(WatchBy::number, destination(call)));
  const std::string line = header_line(invite(call), "Call-ID: ");
  EXPECT_TRUE(is_told(WatchBy::call_id, line.substr(9)));
  EXPECT_FALSE(is_told(WatchBy::call_id, line.substr(9) + "x"));
  EXPECT_TRUE(is_told(WatchBy::trunk, "peer"));
  EXPECT_FALSE(is_told(WatchBy::trunk, "pee"));
}

TEST_F(Watching, WhatDoesNotParseIsToldOfItsTrunkOnly) {
  const std::string broken = "INVITE sip:1 SIP/2.0\r\nnot quite\r\n\r\n";
  watch(WatchBy::number, "1");
  outwards(broken);
  EXPECT_TRUE(events().empty());
  watch(WatchBy::trunk, "peer");
  outwards(broken);
  const Stages seen = stages();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[0].starts_with("arrived ")) << seen[0];
  EXPECT_EQ(seen[1], "sent unchanged");
}

TEST_F(Watching, FramesAsTheyCameAndAsTheyLeft) {
  const CallSpec call{.number = 9, .date = kTestNow};
  watch(WatchBy::number, originator(call), true);
  const auto pieces = golden::split(outward(invite(call)), 600);
  ASSERT_GT(pieces.size(), 1U);
  std::vector<std::string> put;
  for (const golden::PacketSpec& piece : pieces) {
    const auto frame = golden::build(piece);
    put.emplace_back(frame.begin(), frame.end());
    harness_.put_a(frame);
  }
  const std::string sent = next_payload([&] { return harness_.get_b(); });
  std::vector<std::string> in;
  std::string out;
  for (const WatchEvent& event : events()) {
    if (event.kind == WatchKind::packet_in) {
      EXPECT_EQ(event.in_port, "a");
      EXPECT_EQ(event.whole, event.octets.size());
      in.emplace_back(event.octets);
    } else if (event.kind == WatchKind::packet_out) {
      EXPECT_EQ(event.out_port, "b");
      out += event.octets;
    }
  }
  EXPECT_EQ(in, put);
  EXPECT_NE(out.find("Identity: "), std::string::npos);
  EXPECT_NE(sent.find("Identity: "), std::string::npos);
}

TEST_F(Watching, AQueueThatIsFullDropsEventsAndNeverAMessage) {
  watch(WatchBy::trunk, "peer", true);
  constexpr std::uint32_t kCalls = 600;  // each some 3 kB of frames: more than a MiB in all
  for (std::uint32_t i = 0; i < kCalls; ++i) {
    ASSERT_NE(outwards(invite({.number = i, .date = kTestNow})).find("Identity: "), std::string::npos) << i;
  }
  const auto all = events();
  const std::uint64_t dropped = harness_.counter(Counter::watch_dropped);
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(all.size(), harness_.counter(Counter::watched));
  outwards(invite({.number = 7'000, .date = kTestNow}));
  const auto later = events();
  ASSERT_FALSE(later.empty()) << "there is room again";
  EXPECT_EQ(later.back().sequence, harness_.counter(Counter::watched) + dropped - 1) << "gaps tell what was lost";
}

TEST_F(Watching, ANewWatchHasNothingOfTheOneBefore) {
  watch(WatchBy::trunk, "peer");
  outwards(invite({.number = 1, .date = kTestNow}));
  ASSERT_TRUE(harness_.settle());
  const std::uint32_t second = watch(WatchBy::trunk, "peer");
  outwards(invite({.number = 2, .date = kTestNow}));
  const auto all = events();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(std::ranges::all_of(all, [&](const WatchEvent& event) { return event.watch == second; }));
  EXPECT_EQ(all.front().sequence, 0U);
}

}  // namespace
}  // namespace stirline::test
