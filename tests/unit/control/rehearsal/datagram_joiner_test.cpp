// From a captured frame to a UDP datagram: what is taken, and what is not believed.
#include "control/rehearsal/datagram_joiner.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include "tests/golden/packet_spec.hpp"

namespace stirline::control::rehearsal::datagram_joiner_test {
namespace {

using golden::PacketSpec;

const std::string kPayload = "0123456789abcdefghijklmnopqrstuvwxyz and so on, and on";

std::optional<UdpDatagram> take(DatagramJoiner& joiner, const golden::Octets& frame) {
  const auto packet = ip_packet_in(FrameKind::ethernet, frame);
  return packet ? joiner.take(*packet) : std::nullopt;
}

PacketSpec v4() {
  PacketSpec spec;
  spec.payload = kPayload;
  return spec;
}

PacketSpec v6() {
  PacketSpec spec = v4();
  spec.source = "2001:db8::1";
  spec.destination = "2001:db8::2";
  spec.extensions.push_back({});
  return spec;
}

TEST(DatagramJoiner, TakesWholeDatagramsOfBothFamilies) {
  for (PacketSpec spec : {v4(), v6()}) {
    spec.vlans = {{}, {}};
    spec.pad = 5;
    spec.source_port = 5062;
    DatagramJoiner joiner;
    const auto datagram = take(joiner, build(spec));
    ASSERT_TRUE(datagram) << spec.source;
    EXPECT_EQ(datagram->payload, kPayload);
    EXPECT_EQ(to_string(datagram->source), spec.source);
    EXPECT_EQ(to_string(datagram->destination), spec.destination);
    EXPECT_EQ(datagram->source_port, 5062);
    EXPECT_EQ(datagram->destination_port, 5060);
    EXPECT_EQ(joiner.not_udp() + joiner.not_whole(), 0U);
  }
}

TEST(DatagramJoiner, JoinsFragmentsInAnyOrder) {
  for (PacketSpec spec : {v4(), v6()}) {
    spec.id = 77;
    std::vector<PacketSpec> pieces = split(spec, 16);
    ASSERT_GT(pieces.size(), 2U);
    for (int turn = 0; turn < 2; ++turn) {
      DatagramJoiner joiner;
      std::optional<UdpDatagram> datagram;
      for (const PacketSpec& piece : pieces) {
        EXPECT_FALSE(datagram);
        datagram = take(joiner, build(piece));
      }
      ASSERT_TRUE(datagram) << spec.source;
      EXPECT_EQ(datagram->payload, kPayload);
      EXPECT_EQ(joiner.not_whole(), 0U);
      std::ranges::reverse(pieces);
    }
  }
}

TEST(DatagramJoiner, WhatOverlapsOrIsMissingIsNeverWhole) {
  PacketSpec spec = v4();
  const std::vector<PacketSpec> pieces = split(spec, 16);
  DatagramJoiner joiner;
  EXPECT_FALSE(take(joiner, build(pieces[0])));
  EXPECT_FALSE(take(joiner, build(pieces[0])));  // twice: what of it counts is anybody's guess (RFC 5722)
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    EXPECT_FALSE(take(joiner, build(pieces[i])));
  }
  EXPECT_EQ(joiner.not_whole(), 1U);

  // Behind the end that the last fragment told, and a second end.
  PacketSpec beyond = pieces.back();
  beyond.id = 5;
  EXPECT_FALSE(take(joiner, build(beyond)));
  beyond.fragment_offset = static_cast<std::uint16_t>(beyond.fragment_offset + 64);
  EXPECT_FALSE(take(joiner, build(beyond)));
  EXPECT_EQ(joiner.not_whole(), 2U);
}

TEST(DatagramJoiner, KeepsNoMoreThanItsBounds) {
  DatagramJoiner joiner;
  PacketSpec spec = v4();
  for (std::uint32_t id = 1; id <= DatagramJoiner::kMaxOpen + 10; ++id) {
    spec.id = id;
    EXPECT_FALSE(take(joiner, build(split(spec, 16).front())));
  }
  EXPECT_EQ(joiner.not_whole(), DatagramJoiner::kMaxOpen + 10);
  // The oldest gave way, the newest is still open.
  std::optional<UdpDatagram> datagram;
  const std::vector<PacketSpec> pieces = split(spec, 16);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    datagram = take(joiner, build(pieces[i]));
  }
  EXPECT_TRUE(datagram);
}

TEST(DatagramJoiner, NoOctetIsReadThatIsNotThere) {
  for (PacketSpec spec : {v4(), v6()}) {
    const golden::Octets whole = build(spec);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      DatagramJoiner joiner;
      EXPECT_FALSE(take(joiner, cut)) << length;
    }
    spec.udp_length = static_cast<std::uint16_t>(kPayload.size() + 9);
    DatagramJoiner joiner;
    EXPECT_FALSE(take(joiner, build(spec)));
    spec.udp_length = 7;
    EXPECT_FALSE(take(joiner, build(spec)));
    spec.udp_length.reset();
    spec.protocol = 6;
    EXPECT_FALSE(take(joiner, build(spec)));
    EXPECT_EQ(joiner.not_udp(), 3U);
  }
}

TEST(Frame, KnowsHowCapturesBegin) {
  const golden::Octets ethernet = build(v4());
  const Octets ip = Octets(ethernet).subspan(14);
  std::vector<std::uint8_t> cooked(14, 0);
  cooked.insert(cooked.end(), {0x08, 0x00});
  cooked.insert(cooked.end(), ip.begin(), ip.end());
  std::vector<std::uint8_t> cooked2 = {0x08, 0x00};
  cooked2.resize(20);
  cooked2.insert(cooked2.end(), ip.begin(), ip.end());
  for (const auto& [kind, frame] : {std::pair{DLT_EN10MB, Octets(ethernet)},
                                    {DLT_RAW, ip},
                                    {DLT_LINUX_SLL, Octets(cooked)},
                                    {DLT_LINUX_SLL2, Octets(cooked2)}}) {
    const auto known = frame_kind_of(kind);
    ASSERT_TRUE(known) << kind;
    const auto packet = ip_packet_in(*known, frame);
    ASSERT_TRUE(packet) << kind;
    EXPECT_TRUE(std::ranges::equal(*packet, ip)) << kind;
  }
  EXPECT_FALSE(frame_kind_of(DLT_IEEE802_11));
  PacketSpec arp;
  arp.ether_type = 0x0806;
  EXPECT_FALSE(ip_packet_in(FrameKind::ethernet, build(arp)));
  PacketSpec tagged = v4();
  tagged.vlans.resize(kMaxTags + 1);
  EXPECT_FALSE(ip_packet_in(FrameKind::ethernet, build(tagged)));
}

}  // namespace
}  // namespace stirline::control::rehearsal::datagram_joiner_test
