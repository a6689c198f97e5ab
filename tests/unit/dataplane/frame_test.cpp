// read_frame and the checksums: what is ours, what is not, and every lie about lengths (INL-UDP-01 to -03).
#include "dataplane/packet/frame.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/packet/octets.hpp"
#include "tests/golden/packet_spec.hpp"

namespace stirline::dataplane::frame_test {
namespace {

using golden::build;
using golden::Octets;
using golden::PacketSpec;

PacketSpec v4(std::string payload = "hello") {
  PacketSpec spec;
  spec.payload = std::move(payload);
  return spec;
}

PacketSpec v6(std::string payload = "hello") {
  PacketSpec spec = v4(std::move(payload));
  spec.source = "2001:db8::1";
  spec.destination = "2001:db8::2";
  return spec;
}

PacketSpec with(PacketSpec spec, auto change) {
  change(spec);
  return spec;
}

struct Case {
  const char* name;
  PacketSpec spec;
  FrameKind kind;
  FrameFault fault = FrameFault::none;
};

std::vector<Case> cases() {
  using K = FrameKind;
  using F = FrameFault;
  const golden::ExtensionHeader options{.type = 60, .body = Octets(14, 0)};
  const golden::ExtensionHeader hop{.type = 0, .body = Octets(6, 0)};
  const golden::ExtensionHeader routed{.type = 43, .body = {4, 0, 0, 0, 0, 0}};
  const golden::ExtensionHeader to_be_routed{.type = 43, .body = {4, 1, 0, 0, 0, 0}};
  const auto fragment = [](PacketSpec& s) { s.udp = false; };
  return {
      {"ipv4", v4(), K::udp},
      {"ipv4 empty datagram", v4(""), K::udp},
      {"ipv4 padded to 60", with(v4(), [](auto& s) { s.pad = 13; }), K::udp},
      {"ipv4 options", with(v4(), [](auto& s) { s.ip_options = Octets(40, 1); }), K::udp},
      {"ipv4 one tag", with(v4(), [](auto& s) { s.vlans = {{0x8100, 7}}; }), K::udp},
      {"ipv4 QinQ", with(v4(), [](auto& s) { s.vlans = {{0x88A8, 5}, {0x8100, 7}}; }), K::udp},
      {"ipv4 three tags", with(v4(), [](auto& s) { s.vlans = {{0x9100, 1}, {0x88A8, 5}, {0x8100, 7}}; }), K::udp},
      {"four tags", with(v4(), [](auto& s) { s.vlans.resize(4); }), K::not_ip},
      {"ARP", with(v4(), [](auto& s) { s.ether_type = 0x0806; }), K::not_ip},
      {"802.3 length", with(v4(), [](auto& s) { s.ether_type = 5; }), K::not_ip},
      {"MPLS", with(v4(), [](auto& s) { s.ether_type = 0x8847; }), K::not_ip},
      {"TCP", with(v4(), [](auto& s) { s.protocol = 6; }), K::not_udp},
      {"ICMP fragment", with(v4("12345678"), [](auto& s) { s.protocol = 1, s.more_fragments = true; }), K::not_udp},
      {"ICMP with an IP length beyond the frame",
       with(v4(), [](auto& s) { s.protocol = 1, s.ip_length = std::uint16_t{900}; }), K::not_udp},
      {"wrong version", with(v4(""), [](auto& s) { s.ether_type = 0x86DD, s.udp = false, s.payload.assign(40, 'E'); }),
       K::bad_header, F::ip_header},
      {"IP length below the header", with(v4(), [](auto& s) { s.ip_length = std::uint16_t{19}; }), K::bad_header,
       F::ip_header},
      {"IP length beyond the frame", with(v4(), [](auto& s) { s.ip_length = std::uint16_t{34}; }), K::truncated,
       F::ip_length},
      {"UDP length too long", with(v4(), [](auto& s) { s.udp_length = std::uint16_t{14}; }), K::bad_header,
       F::udp_length},
      {"UDP length too short", with(v4(), [](auto& s) { s.udp_length = std::uint16_t{12}; }), K::bad_header,
       F::udp_length},
      {"UDP length 7", with(v4(""), [](auto& s) { s.udp_length = std::uint16_t{7}; }), K::bad_header, F::udp_length},
      {"UDP length 0", with(v6(), [](auto& s) { s.udp_length = std::uint16_t{0}; }), K::bad_header, F::udp_length},
      {"no room for UDP", with(v4("1234567"), fragment), K::bad_header, F::udp_length},
      {"first fragment", with(v4("12345678"), [](auto& s) { s.more_fragments = true; }), K::udp_fragment},
      {"last fragment", with(v4("1"), [](auto& s) { s.udp = false, s.fragment_offset = 8; }), K::udp_fragment},
      {"fragment without data", with(v4(""), [](auto& s) { s.udp = false, s.fragment_offset = 8; }), K::bad_header,
       F::fragment_length},
      {"fragment not in eights", with(v4("12345"), [](auto& s) { s.more_fragments = true; }), K::bad_header,
       F::fragment_length},
      {"ipv6", v6(), K::udp},
      {"ipv6 padded, tagged", with(v6(""), [](auto& s) { s.pad = 9, s.vlans = {{0x8100, 1}}; }), K::udp},
      {"ipv6 options", with(v6(), [&](auto& s) { s.extensions = {hop, options, routed, options}; }), K::udp},
      {"ipv6 eight headers", with(v6(), [&](auto& s) { s.extensions.assign(8, options); }), K::udp},
      {"ipv6 nine headers", with(v6(), [&](auto& s) { s.extensions.assign(9, options); }), K::bad_header,
       F::extension_headers},
      {"ipv6 hop-by-hop second", with(v6(), [&](auto& s) { s.extensions = {options, hop}; }), K::bad_header,
       F::extension_headers},
      {"ipv6 still on its route", with(v6(), [&](auto& s) { s.extensions = {to_be_routed}; }), K::bad_header,
       F::extension_headers},
      {"ipv6 header chain beyond the packet",
       with(v6(),
            [&](auto& s) {
              s.extensions = {options};
              s.ip_length = std::uint16_t{8};
            }),
       K::bad_header, F::extension_headers},
      {"ipv6 length 65,496", with(v6(), [](auto& s) { s.ip_length = std::uint16_t{65'496}; }), K::bad_header,
       F::ip_header},
      {"ipv6 length beyond the frame", with(v6(), [](auto& s) { s.ip_length = std::uint16_t{14}; }), K::truncated,
       F::ip_length},
      {"ICMPv6", with(v6(), [](auto& s) { s.protocol = 58; }), K::not_udp},
      {"no next header", with(v6(), [&](auto& s) { s.extensions = {hop}, s.protocol = 59; }), K::not_udp},
      {"ipv6 atomic fragment", with(v6(), [](auto& s) { s.fragment_header = true; }), K::udp_fragment},
      {"ipv6 first fragment behind options",
       with(v6("12345678"), [&](auto& s) { s.more_fragments = true, s.extensions = {hop, options}; }), K::udp_fragment},
      {"ipv6 last fragment", with(v6("1"), [](auto& s) { s.udp = false, s.fragment_offset = 0xFFF8; }),
       K::udp_fragment},
      {"ipv6 fragment of options", with(v6("12345678"), [](auto& s) { s.more_fragments = true, s.protocol = 60; }),
       K::bad_header, F::extension_headers},
      {"ipv6 fragment of a fragment", with(v6("12345678"), [](auto& s) { s.fragment_header = true, s.protocol = 44; }),
       K::bad_header, F::extension_headers},
      {"ipv6 first fragment of TCP", with(v6("12345678"), [](auto& s) { s.more_fragments = true, s.protocol = 6; }),
       K::udp_fragment},
      {"ipv6 whole fragment of TCP", with(v6("12345678"), [](auto& s) { s.fragment_header = true, s.protocol = 6; }),
       K::not_udp},
      {"ipv6 last fragment that claims to be of TCP",
       with(v6("1"), [](auto& s) { s.udp = false, s.fragment_offset = 8, s.protocol = 6; }), K::udp_fragment},
      {"ipv6 fragment without data", with(v6(""), [](auto& s) { s.udp = false, s.fragment_offset = 8; }), K::bad_header,
       F::fragment_length},
  };
}

TEST(Frame, TableOfCases) {
  for (const Case& c : cases()) {
    const Frame frame = read_frame(build(c.spec));
    EXPECT_EQ(frame.kind, c.kind) << c.name;
    EXPECT_EQ(frame.fault, c.fault) << c.name;
  }
}

// A good frame that loses octets is truncated, and never anything that would be worked on, unless only padding went.
TEST(Frame, EveryTruncation) {
  for (const Case& c : cases()) {
    const Octets whole = build(c.spec);
    const bool ours = c.kind == FrameKind::udp || c.kind == FrameKind::udp_fragment;
    for (std::size_t length = 0; ours && length + c.spec.pad < whole.size(); ++length) {
      const Octets cut(whole.begin(),
                       whole.begin() + static_cast<std::ptrdiff_t>(length));  // own heap block: ASan sees
      const Frame frame = read_frame(cut);
      EXPECT_EQ(frame.kind, FrameKind::truncated) << c.name << " cut to " << length;
      const bool in_header = length < frame.payload_offset || frame.payload_offset == 0;
      EXPECT_EQ(frame.fault, in_header && frame.payload_offset == 0 ? FrameFault::cut_header : FrameFault::ip_length)
          << c.name << " cut to " << length;
    }
  }
}

// Any octet changed to anything: never out of bounds, and what is called ours stays inside the frame.
TEST(Frame, EveryOctetChanged) {
  for (const Case& c : cases()) {
    Octets octets = build(c.spec);
    for (std::size_t i = 12; i < octets.size(); ++i) {
      const std::uint8_t before = octets[i];
      for (unsigned value = 0; value < 256; ++value) {
        octets[i] = static_cast<std::uint8_t>(value);
        const Frame frame = read_frame(octets);
        if (frame.kind == FrameKind::udp || frame.kind == FrameKind::udp_fragment) {
          ASSERT_LE(std::size_t{frame.ip_offset} + frame.ip_length, octets.size()) << c.name;
          ASSERT_EQ(std::size_t{frame.payload_offset} + frame.payload_length,
                    std::size_t{frame.ip_offset} + frame.ip_length)
              << c.name;
          ASSERT_GE(frame.payload_length, frame.kind == FrameKind::udp ? 8 : 1) << c.name;
          (void)ip_checksum_good(frame, octets);
        }
      }
      octets[i] = before;
    }
  }
}

TEST(Frame, FieldsOfIpv4) {
  const PacketSpec spec = with(v4("12345678"), [](auto& s) {
    s.vlans = {{0x88A8, 0xE005}, {0x8100, 0x0007}};
    s.ip_options = Octets(4, 1);
    s.id = 0xBEEF;
    s.dont_fragment = true;
    s.more_fragments = true;
    s.source_port = 5080;
    s.pad = 3;
  });
  const Frame frame = read_frame(build(spec));
  ASSERT_EQ(frame.kind, FrameKind::udp_fragment);
  EXPECT_FALSE(frame.ipv6);
  EXPECT_TRUE(frame.more_fragments);
  EXPECT_TRUE(frame.dont_fragment);
  EXPECT_EQ(frame.ip_offset, 22);
  EXPECT_EQ(frame.ip_header_length, 24);
  EXPECT_EQ(frame.ip_length, 40);
  EXPECT_EQ(frame.payload_offset, 46);
  EXPECT_EQ(frame.payload_length, 16);
  EXPECT_EQ(frame.fragment_offset, 0);
  EXPECT_EQ(frame.fragment_id, 0xBEEFU);
  EXPECT_EQ(frame.source_port, 5080);
  EXPECT_EQ(frame.destination_port, 5060);
  EXPECT_EQ(frame.vlan_tags, 2);
  EXPECT_EQ(frame.vlans[0], 5);
  EXPECT_EQ(frame.vlans[1], 7);
  const config::IpAddress source{config::IpAddress::Family::v4, {192, 0, 2, 10}};
  const config::IpAddress destination{config::IpAddress::Family::v4, {198, 51, 100, 20}};
  EXPECT_EQ(frame.source, source);
  EXPECT_EQ(frame.destination, destination);
}

TEST(Frame, FieldsOfIpv6) {
  const PacketSpec spec = with(v6("12345678"), [](auto& s) {
    s.extensions = {{.type = 0, .body = Octets(6, 0)}, {.type = 60, .body = Octets(14, 0)}};
    s.udp = false;
    s.id = 0xDEADBEEF;
    s.fragment_offset = 1'448;
    s.more_fragments = true;
  });
  const Frame frame = read_frame(build(spec));
  ASSERT_EQ(frame.kind, FrameKind::udp_fragment);
  EXPECT_TRUE(frame.ipv6);
  EXPECT_TRUE(frame.more_fragments);
  EXPECT_EQ(frame.ip_offset, 14);
  EXPECT_EQ(frame.ip_header_length, 40);
  EXPECT_EQ(frame.ip_length, 80);
  EXPECT_EQ(frame.next_header_offset, 14 + 40 + 8);
  EXPECT_EQ(frame.fragment_header_offset, 14 + 40 + 24);
  EXPECT_EQ(frame.payload_offset, 14 + 40 + 32);
  EXPECT_EQ(frame.payload_length, 8);
  EXPECT_EQ(frame.fragment_offset, 1'448);
  EXPECT_EQ(frame.fragment_id, 0xDEADBEEFU);
  EXPECT_EQ(frame.source_port, 0);
  EXPECT_EQ(frame.source.family, config::IpAddress::Family::v6);
  EXPECT_EQ(frame.destination.octets[15], 2);
}

// What can be said of a broken frame is said, so that its fault is counted at the trunk it belongs to.
TEST(Frame, BrokenFramesKeepAddressesAndPorts) {
  for (const PacketSpec& spec :
       {with(v4(), [](auto& s) { s.truncate = 40; }), with(v6(), [](auto& s) { s.truncate = 60; }),
        with(v4(), [](auto& s) { s.udp_length = std::uint16_t{9}; })}) {
    const Frame frame = read_frame(build(spec));
    EXPECT_NE(frame.fault, FrameFault::none);
    EXPECT_EQ(frame.source_port, 5060);
    EXPECT_EQ(frame.destination_port, 5060);
    EXPECT_EQ(frame.ipv6, spec.ipv6());
    EXPECT_NE(frame.source, config::IpAddress{});
  }
}

bool udp_good(const PacketSpec& spec) {
  const Octets octets = build(spec);
  const Frame frame = read_frame(octets);
  EXPECT_EQ(frame.kind, FrameKind::udp);
  return udp_checksum_good(frame, std::span(octets).subspan(frame.payload_offset, frame.payload_length));
}

TEST(Checksum, UdpInlUdp02) {
  for (const std::size_t length : {0U, 1U, 2U, 3U, 64U, 1'399U, 1'400U}) {
    for (PacketSpec spec : {v4(std::string(length, 'x')), v6(std::string(length, '\xFF'))}) {
      EXPECT_TRUE(udp_good(spec)) << length;
      spec.udp_checksum.how = golden::Computed::How::bad;
      EXPECT_FALSE(udp_good(spec)) << length;
      spec.udp_checksum.how = golden::Computed::How::zero;
      EXPECT_EQ(udp_good(spec), !spec.ipv6()) << length;
    }
  }
}

TEST(Checksum, UdpWithoutHeaderIsNotGood) {
  Frame frame;
  EXPECT_FALSE(udp_checksum_good(frame, Octets(7, 0)));
  EXPECT_FALSE(udp_length_good(Octets(7, 0)));
}

TEST(Checksum, Ipv4Header) {
  PacketSpec spec = v4();
  spec.ip_options = Octets(8, 1);
  EXPECT_TRUE(ip_checksum_good(read_frame(build(spec)), build(spec)));
  spec.ip_checksum.how = golden::Computed::How::bad;
  EXPECT_FALSE(ip_checksum_good(read_frame(build(spec)), build(spec)));
  spec.ip_checksum.how = golden::Computed::How::zero;
  EXPECT_FALSE(ip_checksum_good(read_frame(build(spec)), build(spec)));
  EXPECT_TRUE(ip_checksum_good(read_frame(build(v6())), build(v6())));
}

// RFC 1071 3 gives these octets and this sum.
TEST(Checksum, SumDoesNotDependOnTheCuts) {
  const Octets octets{0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
  for (std::size_t a = 0; a <= octets.size(); ++a) {
    for (std::size_t b = a; b <= octets.size(); ++b) {
      InternetSum sum;
      sum.add(std::span(octets).first(a));
      sum.add(std::span(octets).subspan(a, b - a));
      sum.add(std::span(octets).subspan(b));
      std::array<std::uint8_t, 2> stored{};
      sum.store(stored.data());
      EXPECT_EQ(load_be16(stored.data()), 0x220D) << a << ' ' << b;  // the complement of 0xDDF2
    }
  }
}

}  // namespace
}  // namespace stirline::dataplane::frame_test
