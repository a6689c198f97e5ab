// The way back: from a frame to the description that builds it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tests/golden/packet_spec.hpp"

namespace stirline::golden {

// build(describe(octets)) == octets for every frame whatsoever. What is no plain IP packet is described as Ethernet
// type and payload.
[[nodiscard]] PacketSpec describe(const Octets& octets);

// If `frames` starts with all fragments of one datagram, in order and cut evenly: the whole datagram, so that
// split(whole, data) gives those frames again.
struct Joined {
  PacketSpec whole;
  std::size_t data = 0;   // octets per fragment; 0: `frames` does not start so
  std::size_t count = 0;  // frames
};
[[nodiscard]] Joined join(std::span<const Octets> frames);

}  // namespace stirline::golden
