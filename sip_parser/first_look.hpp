// What a datagram is by its first octets, without looking for the end of a line: the fate of most packets on a trunk's
// port (RFC 5626 3.5, 4.4; RFC 5389 6; INL-UDP-05). Pure; reads at most 20 octets of what is no keep-alive.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/message_parts.hpp"

namespace stirline::sip {

struct FirstLook {
  enum class Kind : std::uint8_t {
    keepalive,  // parse() would say KEEPALIVE
    not_sip,    // parse() would say NOT_SIP: RTP, STUN, anything that no SIP message begins with
    request,    // if parse() accepts it, a request of `method`, which is known
    response,   // if parse() accepts it, a response
    unsure,     // parse() must say: other methods, and what is wrong from the start
  };
  Kind kind = Kind::unsure;
  Method method = Method::other;
};

[[nodiscard]] FirstLook first_look(std::string_view octets);

}  // namespace stirline::sip
