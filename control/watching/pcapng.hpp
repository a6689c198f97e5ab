// Frames as a pcapng file (draft-ietf-opsawg-pcapng): one section, an interface for each name, Enhanced Packet Blocks
// with the time in nanoseconds, the direction, and a comment. Pure: gives octets, the caller writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace stirline::control {

struct CapturedFrame {
  std::string_view interface = {};  // a name: at most 128 octets
  bool inbound = true;
  std::uint64_t time_ns = 0;      // since 1970
  std::uint32_t whole = 0;        // octets of the frame before it was cut
  std::string_view octets = {};   // from the destination MAC address; at most 65,535
  std::string_view comment = {};  // UTF-8; at most 1,024 octets of it are kept
};

class Pcapng {
 public:
  // The Section Header Block: the file begins with it.
  [[nodiscard]] static std::string begin();
  // The block of a frame, with that of its interface in front of the first frame there.
  [[nodiscard]] std::string frame(const CapturedFrame& frame);

 private:
  std::map<std::string, std::uint32_t, std::less<>> interfaces_;
};

}  // namespace stirline::control
