// UDP datagrams as the network at both ends of an appliance sees them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stirline::test {

using Octets = std::vector<std::uint8_t>;

// The payload of the next whole UDP datagram among the frames that `next` gives, fragments put together; empty if
// `next` runs dry (gives an empty frame) before.
[[nodiscard]] std::string next_payload(const std::function<Octets()>& next);

}  // namespace stirline::test
