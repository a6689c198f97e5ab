// The way back (INL-TX-04): from where the request went to where it came from.
#include "dataplane/packet/reply.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/golden/packet_spec.hpp"

namespace stirline::dataplane::reply_test {
namespace {

using golden::PacketSpec;

// What a reply to `asked` should be, built by other code.
PacketSpec mirrored(PacketSpec asked, std::uint16_t port) {
  std::swap(asked.mac_source, asked.mac_destination);
  std::swap(asked.source, asked.destination);
  asked.source_port = asked.destination_port;
  asked.destination_port = port;
  asked.ttl = 64;
  asked.id = 0;
  asked.flow_label = 0;
  asked.dont_fragment = true;
  asked.ip_options.clear();
  asked.extensions.clear();
  asked.payload = "";
  return asked;
}

std::optional<Reply> reply_to(const golden::Octets& frame, std::uint16_t port) {
  const Frame read = read_frame(frame);
  EXPECT_EQ(read.kind, FrameKind::udp);
  return Reply::to(frame, read, port);
}

void expect_mirrored(const PacketSpec& asked, std::uint16_t port) {
  const golden::Octets frame = golden::build(asked);
  const auto reply = reply_to(frame, port);
  ASSERT_TRUE(reply);
  const DatagramSource source = reply->source("payload");
  EXPECT_EQ(source.payload, "payload");
  const golden::Octets expected = golden::build(mirrored(asked, port));
  // The writer computes lengths and checksums anew; all else is there already.
  const Frame read = read_frame(expected);
  ASSERT_EQ(source.first_frame.size(), expected.size());
  EXPECT_EQ(source.frame.source_port, read.source_port);
  EXPECT_EQ(source.frame.destination_port, read.destination_port);
  EXPECT_EQ(source.frame.source.octets, read.source.octets);
  EXPECT_EQ(source.frame.destination.octets, read.destination.octets);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool ip_checksum = !read.ipv6 && (i == read.ip_offset + 10U || i == read.ip_offset + 11U);
    const bool udp_checksum = i >= expected.size() - 2;
    if (!ip_checksum && !udp_checksum) {
      EXPECT_EQ(source.first_frame[i], expected[i]) << "octet " << i;
    }
  }
}

TEST(Reply, GoesBackTheSameWay) {
  PacketSpec asked;
  asked.payload = "INVITE";
  asked.source_port = 5066;
  asked.traffic_class = 0x68;
  asked.ttl = 3;
  asked.id = 77;
  expect_mirrored(asked, 5066);
  expect_mirrored(asked, 5060);
  asked.ip_options = golden::Octets(8, 1);
  expect_mirrored(asked, 5070);
  asked.vlans = {{0x88A8, 0x2064}, {0x8100, 0x0005}, {0x8100, 0xE007}};
  expect_mirrored(asked, 5070);
  asked.ip_options.clear();
  asked.source = "2001:db8::10";
  asked.destination = "2001:db8:b::20";
  asked.flow_label = 0x12345;
  expect_mirrored(asked, 5070);
  asked.extensions = {{60, golden::Octets(6, 0)}};
  expect_mirrored(asked, 5070);
}

TEST(Reply, ToNobodyIsNone) {
  PacketSpec asked;
  EXPECT_FALSE(reply_to(golden::build(asked), 0));
  const auto none = [&](auto change) {
    PacketSpec changed = asked;
    change(changed);
    return !reply_to(golden::build(changed), 5060);
  };
  EXPECT_TRUE(none([](PacketSpec& spec) { spec.mac_destination = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; }));
  EXPECT_TRUE(none([](PacketSpec& spec) { spec.mac_destination[0] = 0x01; }));
  EXPECT_TRUE(none([](PacketSpec& spec) { spec.source = "0.0.0.0"; }));
  EXPECT_TRUE(none([](PacketSpec& spec) { spec.source = "239.1.2.3"; }));
  EXPECT_TRUE(none([](PacketSpec& spec) { spec.destination = "255.255.255.255"; }));
  EXPECT_TRUE(none([](PacketSpec& spec) {
    spec.source = "2001:db8::1";
    spec.destination = "ff02::1";
  }));
  EXPECT_FALSE(none([](PacketSpec& spec) { spec.ttl = 1; }));
}

}  // namespace
}  // namespace stirline::dataplane::reply_test
