// Any octets as one frame: what read_frame calls ours lies inside, and the headers the writer makes of it read back.
#include "dataplane/packet/frame.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/packet/header_plan.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::frame {
namespace {

using namespace stirline::dataplane;

using Octets = std::span<const std::uint8_t>;

void check_promises(const Frame& frame, Octets octets) {
  const bool faulty = frame.kind == FrameKind::truncated || frame.kind == FrameKind::bad_header;
  check(faulty == (frame.fault != FrameFault::none), "a fault has a reason, and nothing else has");
  if (frame.kind != FrameKind::udp && frame.kind != FrameKind::udp_fragment) {
    return;
  }
  const std::size_t ip_end = std::size_t{frame.ip_offset} + frame.ip_length;
  check(ip_end <= octets.size(), "the IP packet lies in the frame");
  check(std::size_t{frame.payload_offset} + frame.payload_length == ip_end, "the payload is the rest of the IP packet");
  check(frame.payload_offset >= frame.ip_offset + frame.ip_header_length, "the payload lies behind the IP header");
  const Octets payload = octets.subspan(frame.payload_offset, frame.payload_length);
  if (frame.kind == FrameKind::udp) {
    check(udp_length_good(payload), "a datagram has its length");
    check(!frame.more_fragments && frame.fragment_offset == 0, "a datagram is whole");
  } else {
    check(frame.fragment_offset % 8 == 0 && !payload.empty(), "a fragment has a place and octets");
    check(!frame.more_fragments || payload.size() % 8 == 0, "fragments are multiples of 8 octets");
  }
  static_cast<void>(udp_checksum_good(frame, payload));
  static_cast<void>(ip_checksum_good(frame, octets));
}

// The headers of a rewritten datagram: whole, first and later fragment, each read back with `data` octets behind it.
void check_headers(const Frame& frame, Octets octets) {
  constexpr std::size_t kData = 16;
  constexpr std::uint32_t kId = 0xABCD;
  const HeaderPlan plan(octets, frame);
  check(plan.later_octets() <= plan.first_octets() && plan.whole_octets() <= plan.first_octets(), "sizes are ordered");
  for (const std::size_t offset : {std::size_t{0}, kData}) {
    const std::size_t headers = offset == 0 ? plan.first_octets() : plan.later_octets();
    std::vector<std::uint8_t> out(plan.link_octets() + headers + kData);
    plan.write_fragment(out.data(), kData, offset, true, kId);
    const Frame again = read_frame(out);
    check(again.kind == FrameKind::udp_fragment && again.more_fragments, "a fragment is one");
    check(again.payload_length == kData && again.fragment_offset == offset && again.fragment_id == kId, "as asked for");
    check(again.source == frame.source && again.destination == frame.destination, "between the same hosts");
    check(ip_checksum_good(again, out), "with a right checksum");
  }
  std::vector<std::uint8_t> out(plan.link_octets() + plan.whole_octets() + kUdpHeaderOctets);
  plan.write_whole(out.data(), kUdpHeaderOctets);
  out[out.size() - 3] = kUdpHeaderOctets;
  const Frame again = read_frame(out);
  check(again.kind == FrameKind::udp && again.payload_length == kUdpHeaderOctets, "a whole datagram is one");
  check(again.vlans == frame.vlans && again.dont_fragment == frame.dont_fragment, "what may not change has not");
}

int run(const std::uint8_t* data, std::size_t size) {
  // A block of exactly this size, and no stray octet behind it.
  const auto block = std::make_unique<std::uint8_t[]>(size);
  std::copy_n(data, size, block.get());
  const Octets octets(block.get(), size);
  const Frame frame = read_frame(octets);
  check_promises(frame, octets);
  const bool ours = frame.kind == FrameKind::udp || frame.kind == FrameKind::udp_fragment;
  if (ours && frame.fragment_offset == 0) {
    check_headers(frame, octets);
  }
  return 0;
}

const Target kTarget("frame", run);

}  // namespace
}  // namespace stirline::fuzz::frame
