// The writer: what leaves, read and joined again, is the edited message, and every header is what it was but for what
// must change (INL-MTU-01 a, INL-MTU-03, INL-UDP-01, INL-UDP-03).
#include "dataplane/packet/writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/packet/mbuf.hpp"
#include "dataplane/packet/octets.hpp"
#include "dataplane/packet/reassembly.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/unit/dataplane/packet_pool.hpp"

namespace stirline::dataplane::writer_test {
namespace {

using golden::Octets;
using golden::PacketSpec;

std::string text(std::size_t length) {
  std::string result;
  for (std::size_t i = 0; i < length; ++i) {
    result.push_back(static_cast<char>('!' + i * 37 % 90));
  }
  return result;
}

std::string_view view(std::span<const std::uint8_t> octets) {
  return {static_cast<const char*>(static_cast<const void*>(octets.data())), octets.size()};
}

PacketSpec v4(std::size_t length) {
  PacketSpec spec;
  spec.payload = text(length);
  spec.id = 0x1234;
  spec.ttl = 61;
  spec.traffic_class = 0x68;
  return spec;
}

PacketSpec v6(std::size_t length) {
  PacketSpec spec = v4(length);
  spec.source = "2001:db8::1";
  spec.destination = "2001:db8::2";
  spec.flow_label = 0xABCDE;
  return spec;
}

// What write_datagram made, freed at the end of life.
struct Written {
  WriteResult result;
  std::vector<rte_mbuf*> packets;

  Written() = default;
  Written(Written&& other) noexcept : result(other.result), packets(std::exchange(other.packets, {})) {}
  ~Written() {
    if (!packets.empty()) {
      rte_pktmbuf_free_bulk(packets.data(), static_cast<unsigned>(packets.size()));
    }
  }
  [[nodiscard]] Octets octets(std::size_t i) const { return test::copy_of(packets.at(i)); }
  [[nodiscard]] Frame frame(std::size_t i) const { return read_frame(octets(i)); }
};

constexpr std::array<std::uint16_t, 5> kMtus{576, 1'280, 1'499, 1'500, 1'501};
constexpr std::uint32_t kIdentification = 0xCAFE'F00D;

class Writer : public testing::Test {
 protected:
  // As the poll core does it: `arrived` is the whole datagram, or its fragments.
  Written write(const std::vector<PacketSpec>& arrived, const sip::EditList& edits, std::uint16_t mtu,
                rte_mempool* pool, std::size_t places = kMaxFragments) {
    const Octets first = build(arrived.front());
    const Frame frame = read_frame(first);
    Octets udp;
    if (frame.kind == FrameKind::udp) {
      udp.assign(first.begin() + frame.payload_offset, first.begin() + frame.payload_offset + frame.payload_length);
    } else {
      udp = joined(arrived);
    }
    const DatagramSource source{.first_frame = first,
                                .frame = frame,
                                .udp_header = std::span(udp).first(8),
                                .payload = view(std::span(udp).subspan(8))};
    std::vector<rte_mbuf*> out(places);
    Written written;
    written.result = write_datagram(source, edits, mtu, kIdentification, pool, out);
    out.resize(written.result.packets);
    written.packets = std::move(out);
    return written;
  }

  Written write(const PacketSpec& arrived, const sip::EditList& edits, std::uint16_t mtu) {
    return write(std::vector{arrived}, edits, mtu, pool_.get());
  }

  Octets joined(const std::vector<PacketSpec>& fragments) {
    std::vector<rte_mbuf*> packets;
    for (const PacketSpec& spec : fragments) {
      packets.push_back(pool_.make(build(spec)));
    }
    return joined(packets);
  }

  // UDP header and data of these fragments, which are freed; they must make exactly one datagram.
  Octets joined(std::span<rte_mbuf* const> packets) {
    Reassembler reassembler({.datagrams = 1, .datagrams_per_source = 1, .timeout_cycles = 1}, SOCKET_ID_ANY);
    FragmentSet set;
    Octets udp;
    for (rte_mbuf* packet : packets) {
      const auto event = reassembler.add(packet, read_frame(octets_of(std::as_const(packet))), 0, set);
      EXPECT_EQ(event, packet == packets.back() ? ReassemblyEvent::complete : ReassemblyEvent::held);
      if (event == ReassemblyEvent::complete) {
        udp.resize(set.payload_length);
        EXPECT_EQ(gather(set, udp), udp.size());
        rte_pktmbuf_free_bulk(set.packets.data(), set.count);
      }
    }
    return udp;
  }

  // Every rule that holds for whatever leaves. `expected`: the edited payload.
  void check(const Written& written, const PacketSpec& arrived, const std::string& expected, std::size_t mtu) {
    ASSERT_GT(written.packets.size(), 0U);
    Octets udp;
    const Octets original = build(arrived);
    const Frame before = read_frame(original);
    for (std::size_t i = 0; i < written.packets.size(); ++i) {
      const Octets octets = written.octets(i);
      const Frame frame = read_frame(octets);
      const bool alone = written.packets.size() == 1;
      ASSERT_EQ(frame.kind, alone ? FrameKind::udp : FrameKind::udp_fragment);
      ASSERT_EQ(written.packets[i]->nb_segs, 1);
      ASSERT_EQ(written.packets[i]->pkt_len, octets.size());
      ASSERT_LE(frame.ip_length, mtu);
      ASSERT_EQ(std::size_t{frame.ip_offset} + frame.ip_length, octets.size()) << "padding is not kept";
      ASSERT_TRUE(std::equal(octets.begin(), octets.begin() + frame.ip_offset, original.begin())) << "link header";
      ASSERT_TRUE(ip_checksum_good(frame, octets));
      ASSERT_EQ(frame.source, before.source);
      ASSERT_EQ(frame.destination, before.destination);
      const std::ptrdiff_t ip = frame.ip_offset;
      if (frame.ipv6) {
        ASSERT_TRUE(std::equal(octets.begin() + ip, octets.begin() + ip + 4, original.begin() + ip)) << "class, flow";
        ASSERT_EQ(octets.begin()[ip + 7], original.begin()[ip + 7]) << "hop limit";
      } else {
        ASSERT_EQ(octets.begin()[ip + 1], original.begin()[ip + 1]) << "type of service";
        ASSERT_EQ(octets.begin()[ip + 8], original.begin()[ip + 8]) << "time to live";
        ASSERT_EQ(frame.dont_fragment, alone && before.dont_fragment);
      }
      ASSERT_EQ(frame.fragment_id, alone        ? (frame.ipv6 ? 0U : before.fragment_id)
                                   : frame.ipv6 ? kIdentification
                                                : kIdentification & 0xFFFF);
      if (alone) {
        udp.assign(octets.begin() + frame.payload_offset, octets.end());
      }
    }
    if (udp.empty()) {
      for (rte_mbuf* packet : written.packets) {
        rte_mbuf_refcnt_update(packet, 1);
      }
      udp = joined(written.packets);
    }
    ASSERT_TRUE(udp_length_good(udp));
    ASSERT_EQ(view(std::span(udp).subspan(8)), expected);
    ASSERT_EQ(load_be16(udp.data()), arrived.source_port);
    ASSERT_EQ(load_be16(udp.data() + 2), arrived.destination_port);
    const bool without = arrived.udp_checksum.how == golden::Computed::How::zero;
    ASSERT_EQ(load_be16(udp.data() + 6) == 0, without);
    ASSERT_TRUE(udp_checksum_good(written.frame(0), udp));
  }

  test::PacketPool pool_;
  const std::string identity_ = "Identity: " + text(466) + "\r\n";
};

// The unit under test is compared with a frame built from its description, octet for octet.
TEST_F(Writer, WholeDatagramIsTheFrameWithTheNewPayload) {
  for (PacketSpec spec : {v4(300), v6(300)}) {
    spec.vlans = {{0x88A8, 0x2005}, {0x8100, 0x0007}};
    spec.dont_fragment = !spec.ipv6();
    spec.reserved_flag = !spec.ipv6();
    if (spec.ipv6()) {
      spec.extensions = {{.type = 0, .body = Octets(6, 1)}, {.type = 60, .body = Octets(14, 1)}};
    } else {
      spec.ip_options = Octets(8, 1);
    }
    sip::EditList edits;
    ASSERT_TRUE(edits.insert(100, "one"));
    ASSERT_TRUE(edits.remove({200, 7}));
    ASSERT_TRUE(edits.replace({207, 3}, identity_));
    PacketSpec wanted = spec;
    wanted.payload.replace(200, 10, identity_);
    wanted.payload.insert(100, "one");
    spec.pad = 5;
    const Written written = write(spec, edits, 1'500);
    ASSERT_EQ(written.result.packets, 1);
    EXPECT_EQ(written.octets(0), build(wanted));
  }
}

TEST_F(Writer, RoundTripOfManySizes) {
  for (const bool ipv6 : {false, true}) {
    for (const int links : {0, 1, 3}) {
      for (const bool headers : {false, true}) {
        for (const std::size_t length :
             {0UL,   1UL,   2UL,   7UL,     8UL,     500UL,   935UL,   936UL,   937UL,   944UL,  991UL,
              992UL, 993UL, 994UL, 1'000UL, 1'001UL, 1'002UL, 1'473UL, 2'000UL, 2'961UL, 4'095UL}) {
          PacketSpec spec = ipv6 ? v6(length) : v4(length);
          spec.vlans.resize(static_cast<std::size_t>(links));
          spec.dont_fragment = length % 2 == 0 && !ipv6;
          if (headers && ipv6) {
            spec.extensions = {{.type = 0, .body = Octets(6, 0)}, {.type = 43, .body = Octets(22, 0)}};
          } else if (headers) {
            spec.ip_options = {0x83, 7, 4, 1, 2, 3, 4, 1, 7, 3, 4, 0};  // loose source route, no-op, record route, end
          }
          for (const std::uint16_t mtu : kMtus) {
            sip::EditList edits;
            ASSERT_TRUE(edits.insert(static_cast<std::uint16_t>(length / 3), identity_));
            std::string expected = spec.payload;
            expected.insert(length / 3, identity_);
            const Written written = write(spec, edits, mtu);
            check(written, spec, expected, mtu);
            ASSERT_FALSE(HasFatalFailure()) << ipv6 << ' ' << links << ' ' << headers << ' ' << length << ' ' << mtu;
            const std::size_t whole =
                (ipv6 ? 40U + (headers ? 32U : 0U) : 20U + (headers ? 12U : 0U)) + 8 + expected.size();
            ASSERT_EQ(written.result.packets == 1, whole <= mtu);
          }
        }
      }
    }
  }
}

// RFC 791 3.1: only options with the copied flag go into later fragments.
TEST_F(Writer, CopiedOptions) {
  PacketSpec spec = v4(1'400);
  spec.ip_options = {1,    7, 7, 4, 0, 0, 0, 0,      // no-op; record route: not copied
                     0x94, 4, 0, 0,                  // router alert: copied
                     0x83, 7, 4, 9, 9, 9, 9, 0xFF};  // source route: copied; then an option that has no length
  sip::EditList edits;
  ASSERT_TRUE(edits.insert(0, identity_));
  const Written written = write(spec, edits, 1'500);
  ASSERT_EQ(written.result.packets, 2);
  check(written, spec, identity_ + spec.payload, 1'500);
  const Octets first = written.octets(0);
  EXPECT_EQ(Octets(first.begin() + 34, first.begin() + 54), spec.ip_options);
  const Octets later = written.octets(1);
  const Octets copied{0x94, 4, 0, 0, 0x83, 7, 4, 9, 9, 9, 9, 0};
  EXPECT_EQ(written.frame(1).ip_header_length, 32);
  EXPECT_EQ(Octets(later.begin() + 34, later.begin() + 46), copied);
}

// Options that lie about their length: nothing is read or written beyond the header.
TEST_F(Writer, BrokenOptions) {
  for (const Octets& options : {Octets{0x94, 0, 0, 0}, Octets{0x94, 1, 0, 0}, Octets{0x94, 5, 0, 0},
                                Octets{1, 1, 1, 0x94}, Octets(40, 0x94), Octets(40, 0x81)}) {
    PacketSpec spec = v4(1'400);
    spec.ip_options = options;
    sip::EditList edits;
    ASSERT_TRUE(edits.insert(0, identity_));
    check(write(spec, edits, 1'500), spec, identity_ + spec.payload, 1'500);
  }
}

TEST_F(Writer, ArrivedInFragments) {
  for (PacketSpec spec : {v4(1'800), v6(1'800)}) {
    const std::vector<PacketSpec> arrived = split(spec, 1'232);
    sip::EditList grows;
    ASSERT_TRUE(grows.insert(10, identity_));
    std::string grown = spec.payload;
    grown.insert(10, identity_);
    check(write(arrived, grows, 1'500, pool_.get()), spec, grown, 1'500);
    ASSERT_FALSE(HasFatalFailure());

    // What now fits leaves whole: no Fragment header, identification as it came.
    sip::EditList shrinks;
    ASSERT_TRUE(shrinks.remove({20, 900}));
    PacketSpec wanted = spec;
    wanted.payload.erase(20, 900);
    const Written written = write(arrived, shrinks, 1'500, pool_.get());
    ASSERT_EQ(written.result.packets, 1);
    EXPECT_EQ(written.octets(0), build(wanted));
  }
}

TEST_F(Writer, AtomicFragmentLeavesWhole) {
  PacketSpec spec = v6(100);
  spec.extensions = {{.type = 60, .body = Octets(6, 0)}};
  PacketSpec atomic = spec;
  atomic.fragment_header = true;
  const Written written = write(atomic, {}, 1'500);
  ASSERT_EQ(written.result.packets, 1);
  EXPECT_EQ(written.octets(0), build(spec));
}

// INL-UDP-01: none stays none on IPv4; a sum of zero is sent as 0xFFFF.
TEST_F(Writer, ChecksumZero) {
  PacketSpec none = v4(1'400);
  none.udp_checksum.how = golden::Computed::How::zero;
  sip::EditList edits;
  ASSERT_TRUE(edits.insert(3, identity_));
  std::string expected = none.payload;
  expected.insert(3, identity_);
  for (const std::uint16_t mtu : kMtus) {
    check(write(none, edits, mtu), none, expected, mtu);
  }

  for (PacketSpec spec : {v4(2), v6(2)}) {
    // Find the two octets that make the sum zero: the checksum of the datagram with 00 00 there is what is missing.
    spec.payload = std::string(2, '\0') + "odd";
    const Octets sample = build(spec);
    const std::uint8_t* udp = sample.data() + sample.size() - 13;
    const std::string missing{static_cast<char>(udp[6]), static_cast<char>(udp[7])};
    sip::EditList fill;
    ASSERT_TRUE(fill.replace({0, 2}, missing));
    const Written written = write(spec, fill, 1'500);
    ASSERT_EQ(written.result.packets, 1);
    const Octets octets = written.octets(0);
    EXPECT_EQ(load_be16(octets.data() + octets.size() - 13 + 6), 0xFFFF);
    check(written, spec, missing + "odd", 1'500);
  }
}

// However the text is cut into splices, the same octets leave.
TEST_F(Writer, PiecesDoNotMatter) {
  for (PacketSpec spec : {v4(200), v6(200)}) {
    const std::string insert = text(1'501);
    sip::EditList once;
    ASSERT_TRUE(once.insert(50, insert));
    const Written whole = write(spec, once, 700);
    sip::EditList many;
    for (std::size_t at = 0; at < insert.size(); at += 37) {
      ASSERT_TRUE(many.insert(50, std::string_view(insert).substr(at, 37)));
    }
    const Written cut = write(spec, many, 700);
    ASSERT_EQ(whole.result.packets, cut.result.packets);
    for (std::size_t i = 0; i < cut.packets.size(); ++i) {
      EXPECT_EQ(whole.octets(i), cut.octets(i));
    }
  }
}

TEST_F(Writer, LargestDatagram) {
  for (const bool ipv6 : {false, true}) {
    const std::size_t limit = 65'535 - (ipv6 ? 40 : 20) - 8;
    PacketSpec spec = ipv6 ? v6(limit - 100) : v4(limit - 100);
    const std::vector<PacketSpec> arrived = split(spec, 1'232);
    const std::string fits = text(100);
    const std::string too_long = text(101);
    sip::EditList edits;
    ASSERT_TRUE(edits.insert(0, fits));
    check(write(arrived, edits, 1'280, pool_.get()), spec, fits + spec.payload, 1'280);
    edits.clear();
    ASSERT_TRUE(edits.insert(0, too_long));
    const Written written = write(arrived, edits, 1'280, pool_.get());
    EXPECT_EQ(written.result.packets, 0);
    EXPECT_EQ(written.result.error, WriteError::too_long);
  }
}

TEST_F(Writer, MtuBeyondTheBufferIsBoundedByIt) {
  const test::PacketPool small(15, 700);
  PacketSpec spec = v4(1'000);
  spec.vlans.resize(1);
  const Written written = write(std::vector{spec}, {}, 9'000, small.get());
  EXPECT_EQ(written.result.packets, 2);
  check(written, spec, spec.payload, 700 - 18);
}

TEST_F(Writer, NoBuffersTakesNothing) {
  const test::PacketPool two(2, 2'048);
  const Written written = write(std::vector{v4(1'400)}, {}, 576, two.get());
  EXPECT_EQ(written.result.packets, 0);
  EXPECT_EQ(written.result.error, WriteError::no_buffers);
  EXPECT_EQ(two.in_use(), 0U);
}

TEST_F(Writer, NotMorePacketsThanPlaces) {
  const Written written = write(std::vector{v4(1'400)}, {}, 576, pool_.get(), 2);
  EXPECT_EQ(written.result.packets, 0);
  EXPECT_EQ(written.result.error, WriteError::too_long);
}

TEST_F(Writer, MtuTooSmall) {
  PacketSpec spec = v6(1'400);
  spec.extensions = {{.type = 0, .body = Octets(1'246, 0)}};  // 1,248 octets: 1,280 are 40 + 1,232
  EXPECT_EQ(write(spec, {}, 1'280).result.error, WriteError::mtu_too_small);
  EXPECT_EQ(write(spec, {}, 40).result.error, WriteError::mtu_too_small);
  EXPECT_EQ(write(v4(100), {}, 27).result.error, WriteError::mtu_too_small);
  EXPECT_EQ(write(v4(100), {}, 28).result.packets, 14);
}

}  // namespace
}  // namespace stirline::dataplane::writer_test
