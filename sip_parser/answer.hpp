// An answer of a UAS, made from the request alone (RFC 3261 8.2.6, 8.2.7; RFC 3581 4; INL-TX-04).
//
// The same request gives the same octets: no clock, no chance, no memory. Pure functions, no heap; any thread. The
// request was parsed without error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip {

// The largest answer that is written, octets: it goes out in a datagram, and a request with more than that in its Via
// header fields wants to be something else.
inline constexpr std::size_t kMaxAnswerBytes = 16'384;

// Where an answer goes, and what its topmost Via will say of that.
struct ReturnPath {
  std::uint16_t port = 0;           // UDP, at the source address
  std::string_view source_address;  // where the request came from; an IPv6 address stands without brackets
  std::uint16_t source_port = 0;
  Span received;  // parameters of the topmost Via, each with its ';'; empty if absent
  Span rport;
};

// The source port if the topmost Via asks for that with rport, else that of its sent-by, 5060 if it names none (RFC
// 3261 18.2.2, RFC 3581 4). Nothing if it asks by maddr for another place than the source address: an answer must not
// be sent where the asker tells us to (refused by policy).
[[nodiscard]] std::optional<ReturnPath> return_path(const Message& request, std::string_view octets,
                                                    std::string_view source_address, std::uint16_t source_port);

struct AnswerParts {
  std::uint16_t status = 0;  // 300 to 699, 200 to a CANCEL, or 180
  std::string_view phrase;   // "Use Identity Header"
  std::string_view to_tag;   // goes to To if it has none
  std::string_view lines;    // complete header lines that go with it, or nothing
};

// Status line, every Via in order, the topmost with `received` and `rport` as RFC 3261 18.2.1 and RFC 3581 4 want them,
// From, To, Call-ID, CSeq, Record-Route if the answer is provisional (RFC 3261 12.1.1), `lines`, Content-Length 0.
// Folded fields come out in one line. Returns its length; 0 if `out` is too small.
[[nodiscard]] std::size_t write_answer(const Message& request, std::string_view octets, const ReturnPath& path,
                                       const AnswerParts& parts, std::span<char> out);

}  // namespace stirline::sip
