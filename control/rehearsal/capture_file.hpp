// A capture as UDP datagrams, in the order of its frames.
//
// One thread. Errors are sentences about the file.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "control/rehearsal/datagram_joiner.hpp"

namespace stirline::control::rehearsal {

struct CaptureTally {
  std::uint64_t frames = 0;
  std::uint64_t cut = 0;  // of them those of which the capture holds a part only, and which are left out
  std::uint64_t not_udp = 0;
  std::uint64_t not_whole = 0;  // datagrams of which fragments are missing
};

// `take` gets each datagram with the time of its last frame, seconds since 1970. A file that breaks off is read as far
// as it goes, and is an error then.
[[nodiscard]] std::expected<CaptureTally, std::string> read_capture(
    const std::string& path, const std::function<void(const UdpDatagram& datagram, std::int64_t time)>& take);

}  // namespace stirline::control::rehearsal
