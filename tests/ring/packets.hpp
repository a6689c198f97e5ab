// The two directions of the lab's wire: the inside is 192.0.2.10 at port a, the peer 198.51.100.20 at port b.
#pragma once

#include <string>
#include <utility>

#include "tests/golden/packet_spec.hpp"

namespace stirline::test {

// From the inside to the peer: the defaults of PacketSpec.
inline golden::PacketSpec outward(std::string payload) {
  golden::PacketSpec spec;
  spec.payload = std::move(payload);
  return spec;
}

inline golden::PacketSpec inward(std::string payload) {
  golden::PacketSpec spec = outward(std::move(payload));
  std::swap(spec.source, spec.destination);
  return spec;
}

}  // namespace stirline::test
