// Any octets as a captured frame, of every kind: the datagram in it, whole or joined out of fragments that are copies
// of it, lies within the frame's octets.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "control/rehearsal/datagram_joiner.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::captured_frame {
namespace {

using namespace stirline::control::rehearsal;

int run(const std::uint8_t* data, std::size_t size) {
  // Several frames: a length in two octets in front of each.
  DatagramJoiner joiner;
  Octets rest(data, size);
  std::size_t octets = 0;
  while (rest.size() >= 3) {
    const auto kind = static_cast<FrameKind>(rest[0] & 3U);
    const std::size_t length = std::min<std::size_t>(read_u16(rest, 1), rest.size() - 3);
    const auto packet = ip_packet_in(kind, rest.subspan(3, length));
    check(!packet || packet->size() <= length, "a packet lies in its frame");
    if (packet) {
      const auto datagram = joiner.take(*packet);
      octets += datagram ? datagram->payload.size() : 0;
    }
    rest = rest.subspan(3 + length);
  }
  check(octets <= size, "no octet is in two datagrams");
  return 0;
}

const Target kTarget("captured_frame", run);

}  // namespace
}  // namespace stirline::fuzz::captured_frame
