// Reassembly: INL-MTU-02, RFC 791 3.2, RFC 8200 4.5, RFC 5722, RFC 6946.
#include "dataplane/packet/reassembly.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/packet/mbuf.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/unit/dataplane/packet_pool.hpp"

namespace stirline::dataplane::reassembly_test {
namespace {

using golden::Octets;
using golden::PacketSpec;
using Event = ReassemblyEvent;

constexpr std::uint64_t kTimeout = 1'000;

std::string numbered(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text.push_back(static_cast<char>('a' + i * 31 % 26));
  }
  return text;
}

PacketSpec datagram(bool ipv6, std::size_t length) {
  PacketSpec spec;
  spec.id = 77;
  spec.payload = numbered(length);
  if (ipv6) {
    spec.source = "2001:db8::1";
    spec.destination = "2001:db8::2";
    spec.extensions = {{.type = 60, .body = Octets(6, 0)}};
  }
  return spec;
}

class ReassemblyTest : public testing::Test {
 protected:
  Event add(const PacketSpec& spec, std::uint64_t now = 0, std::uint16_t port = 0) {
    release();
    rte_mbuf* packet = pool_.make(build(spec), port);
    last_ = packet;
    const Frame frame = read_frame(octets_of(std::as_const(packet)));
    EXPECT_EQ(frame.kind, FrameKind::udp_fragment);
    const Event event = reassembler_->add(packet, frame, now, set_);
    owned_ = event != Event::held;
    return event;
  }

  bool expire(std::uint64_t now) {
    release();
    owned_ = reassembler_->expire(now, set_);
    return owned_;
  }

  // The UDP data of the complete set.
  std::string gathered() {
    std::vector<std::uint8_t> out(set_.payload_length);
    EXPECT_EQ(gather(set_, out), set_.payload_length);
    EXPECT_EQ(gather(set_, std::span(out).first(out.size() - 1)), 0U);
    EXPECT_TRUE(udp_length_good(out));
    EXPECT_TRUE(udp_checksum_good(read_frame(octets_of(std::as_const(set_.packets[0]))), out));
    return {out.begin() + 8, out.end()};
  }

  void release() {
    if (std::exchange(owned_, false)) {
      rte_pktmbuf_free_bulk(set_.packets.data(), set_.count);
    }
  }

  void limits(const ReassemblyLimits& limits) { reassembler_.emplace(limits, SOCKET_ID_ANY); }

  void SetUp() override {
    limits({.datagrams = 8, .datagrams_per_source = 4, .timeout_cycles = kTimeout, .hash_seed = 42});
  }
  void TearDown() override {
    release();
    reassembler_.reset();
  }

  test::PacketPool pool_{255, 4'096};
  std::optional<Reassembler> reassembler_;
  FragmentSet set_;
  rte_mbuf* last_ = nullptr;
  bool owned_ = false;
};

class Reassembly : public ReassemblyTest, public testing::WithParamInterface<bool> {};  // true: IPv6

INSTANTIATE_TEST_SUITE_P(BothFamilies, Reassembly, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "IPv6" : "IPv4"; });

TEST_P(Reassembly, AnyOrder) {
  std::mt19937 random(1);
  const auto fragments = split(datagram(GetParam(), 65), 8);  // ten, the last of one octet
  std::vector<std::size_t> order(fragments.size());
  std::iota(order.begin(), order.end(), 0U);
  for (int round = 0; round < 200; ++round) {
    if (round == 1) {
      std::ranges::reverse(order);
    } else if (round > 1) {
      std::ranges::shuffle(order, random);
    }
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
      ASSERT_EQ(add(fragments[order[i]]), Event::held);
      ASSERT_EQ(reassembler_->packets(), i + 1);
      ASSERT_EQ(reassembler_->datagrams(), 1U);
    }
    ASSERT_EQ(add(fragments[order.back()]), Event::complete);
    ASSERT_EQ(set_.count, fragments.size());
    ASSERT_EQ(set_.payload_length, 73U);
    ASSERT_EQ(gathered(), numbered(65));
    // In order of arrival, as they came.
    for (std::size_t i = 0; i < order.size(); ++i) {
      ASSERT_EQ(test::copy_of(set_.packets[i]), build(fragments[order[i]]));
    }
    ASSERT_EQ(reassembler_->datagrams(), 0U);
    ASSERT_EQ(reassembler_->packets(), 0U);
  }
}

TEST_P(Reassembly, ExactDuplicatesAreHeldWithTheRest) {
  const auto fragments = split(datagram(GetParam(), 30), 16);
  ASSERT_EQ(fragments.size(), 3U);
  for (const std::size_t i : {2U, 2U, 0U, 0U, 2U}) {
    ASSERT_EQ(add(fragments[i]), Event::held);
  }
  EXPECT_EQ(add(fragments[1]), Event::complete);
  EXPECT_EQ(set_.count, 6);
  EXPECT_EQ(gathered(), numbered(30));
}

// RFC 5722 4: everything that is not an exact copy makes the datagram worthless.
TEST_P(Reassembly, OverlapsAndContradictions) {
  const auto fragments = split(datagram(GetParam(), 56), 16);  // 0 16 32 48, all of 16
  PacketSpec other_data = fragments[1];
  other_data.payload[3] ^= 1;
  PacketSpec shifted = fragments[1];
  shifted.fragment_offset = 24;
  PacketSpec longer = fragments[1];
  longer.payload += "12345678";
  PacketSpec shorter = fragments[1];
  shorter.payload.resize(8);
  PacketSpec around = fragments[1];
  around.fragment_offset = 8;
  around.payload.assign(40, 'x');
  PacketSpec ends_early = fragments[1];
  ends_early.more_fragments = false;
  PacketSpec ends_late = fragments[3];
  ends_late.payload += "z";
  PacketSpec behind_the_end = fragments[3];
  behind_the_end.fragment_offset = 64;
  behind_the_end.more_fragments = true;
  PacketSpec no_longer_last = fragments[3];
  no_longer_last.more_fragments = true;

  using Sequence = std::vector<PacketSpec>;
  const Sequence sequences[] = {
      {fragments[1], other_data},     {fragments[1], shifted},        {shifted, fragments[1]},
      {fragments[1], longer},         {fragments[1], shorter},        {shorter, fragments[1]},
      {fragments[1], around},         {around, fragments[1]},         {fragments[2], ends_early},
      {ends_early, fragments[2]},     {fragments[3], ends_late},      {ends_late, fragments[3]},
      {fragments[3], behind_the_end}, {behind_the_end, fragments[3]}, {fragments[3], no_longer_last},
      {fragments[1], ends_early},
  };
  for (const Sequence& sequence : sequences) {
    const auto at = &sequence - &sequences[0];
    ASSERT_EQ(add(sequence[0]), Event::held) << at;
    ASSERT_EQ(add(sequence[1]), Event::overlap) << at;
    ASSERT_EQ(set_.count, 2) << at;
    ASSERT_EQ(test::copy_of(set_.packets[0]), build(sequence[0])) << at;
    ASSERT_EQ(test::copy_of(set_.packets[1]), build(sequence[1])) << at;
    ASSERT_EQ(reassembler_->datagrams(), 0U) << at;
  }
  // And the next good one is not harmed.
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(add(fragments[i]), Event::held);
  }
  ASSERT_EQ(add(fragments[3]), Event::complete);
}

TEST_P(Reassembly, FirstFragmentMissingExpires) {
  const auto fragments = split(datagram(GetParam(), 56), 16);
  EXPECT_FALSE(expire(1'000'000));
  ASSERT_EQ(add(fragments[1], 50), Event::held);
  ASSERT_EQ(add(fragments[3], 900), Event::held);  // does not make it younger
  EXPECT_FALSE(expire(50 + kTimeout - 1));
  EXPECT_TRUE(expire(50 + kTimeout));
  EXPECT_EQ(set_.count, 2);
  EXPECT_EQ(test::copy_of(set_.packets[0]), build(fragments[1]));
  EXPECT_FALSE(expire(50 + kTimeout));
  EXPECT_EQ(reassembler_->packets(), 0U);
}

TEST_P(Reassembly, ExpiryGoesByAge) {
  PacketSpec fragment = split(datagram(GetParam(), 56), 16)[0];
  for (std::uint32_t id = 0; id < 4; ++id) {
    fragment.id = id;
    ASSERT_EQ(add(fragment, id * 10), Event::held);
  }
  auto rest = split(datagram(GetParam(), 56), 16);
  for (std::size_t i = 1; i < 4; ++i) {  // number 2 completes and leaves the middle of the list
    rest[i].id = 2;
    ASSERT_EQ(add(rest[i], 35), i == 3 ? Event::complete : Event::held);
  }
  for (const std::uint32_t id : {0U, 1U, 3U}) {
    EXPECT_FALSE(expire(id * 10 + kTimeout - 1));
    ASSERT_TRUE(expire(id * 10 + kTimeout));
    EXPECT_EQ(read_frame(octets_of(std::as_const(set_.packets[0]))).fragment_id, id);
  }
  EXPECT_EQ(reassembler_->datagrams(), 0U);
}

TEST_P(Reassembly, DifferentDatagramsAreKeptApart) {
  limits({.datagrams = 16, .datagrams_per_source = 16, .timeout_cycles = kTimeout, .hash_seed = 0});
  const auto fragments = split(datagram(GetParam(), 20), 16);
  const auto changed = [&](std::size_t i, auto change) {
    PacketSpec spec = fragments[i];
    change(spec);
    return spec;
  };
  const char* other = GetParam() ? "2001:db8::7" : "203.0.113.7";
  const auto id = [](auto& s) { ++s.id; };
  const auto source = [&](auto& s) { s.source = other; };
  const auto destination = [&](auto& s) { s.destination = other; };
  const auto tag = [](auto& s) { s.vlans = {{0x8100, 1}}; };
  const auto other_tag = [](auto& s) { s.vlans = {{0x8100, 2}}; };
  const auto two_tags = [](auto& s) { s.vlans = {{0x8100, 1}, {0x8100, 2}}; };
  ASSERT_EQ(add(fragments[0]), Event::held);
  ASSERT_EQ(add(changed(1, id)), Event::held);
  ASSERT_EQ(add(changed(1, source)), Event::held);
  ASSERT_EQ(add(changed(1, destination)), Event::held);
  ASSERT_EQ(add(changed(1, tag)), Event::held);
  ASSERT_EQ(add(changed(1, other_tag)), Event::held);
  ASSERT_EQ(add(changed(1, two_tags)), Event::held);
  ASSERT_EQ(add(fragments[1], 0, 1), Event::held);  // the other port
  EXPECT_EQ(reassembler_->datagrams(), 8U);
  ASSERT_EQ(add(changed(0, two_tags)), Event::complete);
  EXPECT_EQ(gathered(), numbered(20));
  ASSERT_EQ(add(fragments[0], 0, 1), Event::complete);
  EXPECT_EQ(set_.port, 1);
  ASSERT_EQ(add(fragments[1]), Event::complete);
  EXPECT_EQ(set_.port, 0);
  EXPECT_EQ(reassembler_->datagrams(), 5U);
}

TEST_P(Reassembly, LimitPerSource) {
  PacketSpec fragment = split(datagram(GetParam(), 56), 16)[0];
  for (std::uint32_t id = 0; id < 4; ++id) {
    fragment.id = id;
    ASSERT_EQ(add(fragment), Event::held);
  }
  fragment.id = 4;
  EXPECT_EQ(add(fragment), Event::source_full);
  EXPECT_EQ(set_.count, 1);
  EXPECT_EQ(set_.packets[0], last_);
  PacketSpec next = split(datagram(GetParam(), 56), 16)[1];
  next.id = 3;
  EXPECT_EQ(add(next), Event::held) << "open datagrams go on";
  fragment.source = GetParam() ? "2001:db8::7" : "203.0.113.7";
  EXPECT_EQ(add(fragment), Event::held) << "another source is not affected";
  ASSERT_TRUE(expire(kTimeout));
  fragment.source = datagram(GetParam(), 0).source;
  EXPECT_EQ(add(fragment), Event::held) << "a place became free";
}

TEST_P(Reassembly, LimitOfAll) {
  PacketSpec fragment = split(datagram(GetParam(), 56), 16)[0];
  for (int i = 0; i < 9; ++i) {
    fragment.source = (GetParam() ? "2001:db8::" : "203.0.113.") + std::to_string(i + 1);
    ASSERT_EQ(add(fragment), i < 8 ? Event::held : Event::table_full);
  }
  EXPECT_EQ(set_.count, 1);
  EXPECT_EQ(set_.packets[0], last_);
  EXPECT_EQ(reassembler_->datagrams(), 8U);
}

TEST_P(Reassembly, LargestDatagram) {
  // IPv4: 65,535 octets with the header. IPv6: 65,535 octets behind the fixed header, of which 8 are options.
  const std::size_t payload = GetParam() ? 65'535 - 8 - 8 : 65'535 - 20 - 8;
  const auto fragments = split(datagram(GetParam(), payload), 1'232);
  ASSERT_EQ(fragments.size(), 54U);
  for (std::size_t i = fragments.size(); i-- > 1;) {
    ASSERT_EQ(add(fragments[i]), Event::held);
  }
  ASSERT_EQ(add(fragments[0]), Event::complete);
  EXPECT_EQ(gathered(), numbered(payload));

  PacketSpec beyond = fragments.back();
  beyond.payload += 'x';
  EXPECT_EQ(add(beyond), Event::too_many);
  EXPECT_EQ(set_.count, 1);
  ASSERT_EQ(add(fragments[0]), Event::held);
  EXPECT_EQ(add(beyond), Event::too_many);
  EXPECT_EQ(set_.count, 2);
  EXPECT_EQ(set_.packets[1], last_);
  EXPECT_EQ(reassembler_->datagrams(), 0U);
}

TEST_P(Reassembly, FragmentsPerDatagram) {
  const auto exactly = split(datagram(GetParam(), kMaxFragments * 8 - 8), 8);
  ASSERT_EQ(exactly.size(), kMaxFragments);
  for (std::size_t i = 0; i + 1 < exactly.size(); ++i) {
    ASSERT_EQ(add(exactly[i]), Event::held);
  }
  EXPECT_EQ(add(exactly.back()), Event::complete);
  EXPECT_EQ(gathered(), numbered(kMaxFragments * 8 - 8));

  const auto more = split(datagram(GetParam(), kMaxFragments * 8), 8);
  for (std::size_t i = 0; i + 1 < kMaxFragments; ++i) {
    ASSERT_EQ(add(more[i]), Event::held);
  }
  EXPECT_EQ(add(more[kMaxFragments - 1]), Event::too_many);
  EXPECT_EQ(set_.count, kMaxFragments);
  for (std::size_t i = 0; i + 1 < kMaxFragments; ++i) {  // copies count as well
    ASSERT_EQ(add(more[0]), Event::held);
  }
  EXPECT_EQ(add(more[0]), Event::too_many);
}

TEST_P(Reassembly, HeldPacketsAreFreedAtTheEnd) {
  ASSERT_EQ(add(split(datagram(GetParam(), 56), 16)[0]), Event::held);
  ASSERT_EQ(add(split(datagram(GetParam(), 56), 16)[1]), Event::held);
  EXPECT_EQ(pool_.in_use(), 2U);
  reassembler_.reset();
  EXPECT_EQ(pool_.in_use(), 0U);
  SetUp();
}

// RFC 6946: complete by itself, even if fragments of the same identification wait.
TEST_F(ReassemblyTest, AtomicFragment) {
  PacketSpec atomic = datagram(true, 33);
  atomic.fragment_header = true;
  ASSERT_EQ(add(split(datagram(true, 33), 16)[1]), Event::held);
  EXPECT_EQ(add(atomic), Event::complete);
  EXPECT_EQ(set_.count, 1);
  EXPECT_EQ(gathered(), numbered(33));
  EXPECT_EQ(reassembler_->datagrams(), 1U);
}

// Whatever comes: no packet is lost or returned twice, and the counts stay true.
TEST_F(ReassemblyTest, ThousandsOfRandomFragments) {
  std::mt19937 random(7);
  std::uint64_t now = 0;
  std::size_t given = 0;
  std::size_t returned = 0;
  std::array<std::size_t, 7> events{};
  for (int i = 0; i < 50'000; ++i) {
    PacketSpec fragment;
    fragment.source = "203.0.113." + std::to_string(random() % 4);
    fragment.id = static_cast<std::uint32_t>(random() % 3);
    fragment.udp = false;
    fragment.fragment_offset = static_cast<std::uint16_t>(random() % 4 * 8);
    fragment.more_fragments = fragment.fragment_offset == 0 || random() % 2 == 0;
    fragment.payload.assign(8 * (1 + random() % 8 / 7), 'x');
    const Event event = add(fragment, ++now);
    ++given;
    ++events[static_cast<std::size_t>(event)];
    returned += event == Event::held ? 0 : set_.count;
    while (random() % 50 == 0 && expire(now)) {
      returned += set_.count;
      ++events[static_cast<std::size_t>(Event::expired)];
    }
    ASSERT_EQ(given - returned, reassembler_->packets());
    ASSERT_LE(reassembler_->datagrams(), 8U);
    ASSERT_EQ(pool_.in_use(), reassembler_->packets() + (owned_ ? set_.count : 0U));
  }
  EXPECT_GT(events[static_cast<std::size_t>(Event::complete)], 100U);
  EXPECT_GT(events[static_cast<std::size_t>(Event::overlap)], 100U);
  EXPECT_GT(events[static_cast<std::size_t>(Event::table_full)], 100U);
}

}  // namespace
}  // namespace stirline::dataplane::reassembly_test
