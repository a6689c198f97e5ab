// Requests and events of a watch as octets: what goes in comes out, and no octets do harm.
#include "config/wire/watch.hpp"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace stirline::config::wire::watch_test {
namespace {

std::string encoded(const WatchEvent& event) {
  std::array<char, kMaxWatchEventBytes> octets;
  return {octets.data(), encode_watch_event(event, octets)};
}

WatchEvent full_event() {
  return {.kind = WatchKind::packet_in,
          .flow = Flow::to_peer,
          .core = 3,
          .status = 487,
          .watch = 5,
          .sequence = 77,
          .message = 12,
          .time_ns = 1'795'000'000'123'456'789,
          .trunk = "carrier-b",
          .in_port = "west",
          .out_port = "east",
          .what = "INV\x01TE",
          .reason = "orig_mismatch",
          .call_id = "a84b4c76e66710@pc33",
          .octets = "frame"};
}

TEST(WatchRequest, ComesOutAsItWentIn) {
  for (const WatchRequest& request :
       {WatchRequest{.by = WatchBy::number, .octets = true, .seconds = 60, .text = "12155550121"},
        WatchRequest{.by = WatchBy::call_id, .seconds = 3'600, .text = "a@b"},
        WatchRequest{.by = WatchBy::trunk, .seconds = 1, .text = "carrier-b"}, WatchRequest{}}) {
    const std::string octets = encode_watch(request);
    const auto read = decode_watch(octets);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->by, request.by);
    EXPECT_EQ(read->octets, request.octets);
    EXPECT_EQ(read->seconds, request.seconds);
    EXPECT_EQ(read->text, request.text);
  }
}

TEST(WatchRequest, WhatIsNoneIsRefused) {
  const std::string longest(kMaxWatchText, 'c');
  EXPECT_TRUE(decode_watch(encode_watch({.by = WatchBy::call_id, .seconds = 1, .text = longest})));
  const std::string beyond = longest + "c";
  const std::string digits(kMaxWatchedDigits + 1, '1');
  for (const WatchRequest& request :
       {WatchRequest{.by = WatchBy::number, .seconds = 60, .text = ""},
        WatchRequest{.by = WatchBy::number, .seconds = 60, .text = "+1215"},
        WatchRequest{.by = WatchBy::number, .seconds = 60, .text = digits},
        WatchRequest{.by = WatchBy::number, .seconds = 0, .text = "1"},
        WatchRequest{.by = WatchBy::number, .seconds = 3'601, .text = "1"},
        WatchRequest{.by = WatchBy::call_id, .seconds = 60, .text = beyond},
        WatchRequest{.by = WatchBy::call_id, .seconds = 60, .text = "a b"},
        WatchRequest{.by = WatchBy::call_id, .seconds = 60, .text = "a\xff"},
        WatchRequest{.by = WatchBy::trunk, .seconds = 60, .text = "no name"},
        WatchRequest{.by = WatchBy::nothing, .seconds = 1}, WatchRequest{.by = WatchBy::nothing, .text = "x"},
        WatchRequest{.by = static_cast<WatchBy>(4), .seconds = 60, .text = "x"}}) {
    EXPECT_FALSE(decode_watch(encode_watch(request))) << static_cast<int>(request.by) << ' ' << request.text;
  }
  const std::string good = encode_watch({.by = WatchBy::trunk, .seconds = 60, .text = "peer"});
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_watch(std::string_view(good).substr(0, length)));
  }
  EXPECT_FALSE(decode_watch(good + "r"));
}

TEST(WatchEvent, ComesOutAsItWentIn) {
  const WatchEvent event = full_event();
  const std::string octets = encoded(event) + encoded(event);
  std::string_view rest = octets;
  for (int i = 0; i < 2; ++i) {
    const auto read = decode_watch_event(rest);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->kind, event.kind);
    EXPECT_EQ(read->flow, event.flow);
    EXPECT_EQ(read->core, event.core);
    EXPECT_EQ(read->status, event.status);
    EXPECT_EQ(read->watch, event.watch);
    EXPECT_EQ(read->sequence, event.sequence);
    EXPECT_EQ(read->message, event.message);
    EXPECT_EQ(read->time_ns, event.time_ns);
    EXPECT_EQ(read->whole, event.octets.size());
    EXPECT_EQ(read->trunk, event.trunk);
    EXPECT_EQ(read->in_port, event.in_port);
    EXPECT_EQ(read->out_port, event.out_port);
    EXPECT_EQ(read->what, event.what);
    EXPECT_EQ(read->reason, event.reason);
    EXPECT_EQ(read->call_id, event.call_id);
    EXPECT_EQ(read->octets, event.octets);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(WatchEvent, WhatIsTooLongIsCutAndSaysSo) {
  WatchEvent event = full_event();
  const std::string huge(kMaxWatchedOctets + 9, '\xff');
  event.octets = huge;
  event.call_id = huge;
  const std::string octets = encoded(event);
  EXPECT_LE(octets.size(), kMaxWatchEventBytes);
  std::string_view rest = octets;
  const auto read = decode_watch_event(rest);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->octets.size(), kMaxWatchedOctets);
  EXPECT_EQ(read->whole, huge.size());
  EXPECT_EQ(read->call_id.size(), kMaxRecordCallId);
}

TEST(WatchEvent, LyingHeadsAreRefused) {
  const std::string good = encoded(full_event());
  const auto with = [&](auto&& change) {
    WatchEventHead head;
    std::memcpy(&head, good.data(), sizeof(head));
    change(head);
    std::string octets = good;
    std::memcpy(octets.data(), &head, sizeof(head));
    std::string_view rest = octets;
    return decode_watch_event(rest).has_value();
  };
  EXPECT_TRUE(with([](WatchEventHead&) {}));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.bytes = sizeof(head) - 1; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { ++head.bytes; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { --head.bytes; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.kind = kWatchKinds; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.kind = 0; })) << "only frames have octets";
  EXPECT_FALSE(with([](WatchEventHead& head) { head.flow = 2; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.status = 700; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.watch = 0; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.message = 0; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.whole = 1; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { ++head.octets; }));
  EXPECT_FALSE(with([](WatchEventHead& head) { head.reserved[3] = 1; }));
  for (std::size_t i = 0; i < WatchEventHead::kTexts; ++i) {
    EXPECT_FALSE(with([i](WatchEventHead& head) { head.lengths[i] = 0xff; })) << i;
  }
  std::string named = good;
  named[sizeof(WatchEventHead)] = ' ';
  std::string_view rest = named;
  EXPECT_FALSE(decode_watch_event(rest));
}

TEST(WatchEvent, NoOctetsDoHarm) {
  const std::string good = encoded(full_event());
  for (std::size_t length = 0; length < good.size(); ++length) {
    std::string_view rest = std::string_view(good).substr(0, length);
    EXPECT_FALSE(decode_watch_event(rest)) << length;
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string octets = good;
    for (int change = 0; change < 3; ++change) {
      octets[random() % octets.size()] = static_cast<char>(random());
    }
    std::string_view rest = octets;
    const auto read = decode_watch_event(rest);
    if (read) {
      EXPECT_LE(read->octets.size(), octets.size());
      EXPECT_LE(rest.size(), octets.size() - sizeof(WatchEventHead));
    }
  }
}

}  // namespace
}  // namespace stirline::config::wire::watch_test
