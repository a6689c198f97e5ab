// Messages as they cross an interconnect, from a seed: no two alike, and differing in what a branch predictor could
// learn (number of hops, which header fields there are and in what order, forms of tags, hosts and Call-IDs).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stirline::perf {

enum class SipClass : std::uint8_t {
  invite,           // about 1.3 kB with its SDP
  invite_identity,  // about 2.0 kB: the same with a PASSporT of 700 octets
  message,          // about 1.2 kB, every other one with a PASSporT
  response,         // about 0.7 kB
};

// `count` distinct messages of one class, the same ones every time.
[[nodiscard]] std::vector<std::string> sip_messages(SipClass kind, std::size_t count);

// What else arrives on a trunk's port and is decided by its first octets: keep-alives, STUN, RTP, and requests and
// responses of other methods.
[[nodiscard]] std::vector<std::string> foreign_packets(std::size_t count);

// An Identity header line as the authentication service makes it.
[[nodiscard]] std::string identity_line(std::uint32_t number);

}  // namespace stirline::perf
