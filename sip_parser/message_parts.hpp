// What a message consists of, and the limits within which it is read. Each limit has an ErrorCode.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sip_parser/header_id.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxMessageBytes = 65'535;  // RFC 3261 18.1.1
inline constexpr std::size_t kMaxHeaderBlockBytes = 49'152;
inline constexpr std::size_t kMaxHeaderLines = 256;
inline constexpr std::size_t kMaxFoldsPerHeader = 32;
inline constexpr std::size_t kMaxVias = 64;
inline constexpr std::uint32_t kMaxHops = 255;  // Max-Forwards (RFC 3261 20.22)
inline constexpr std::size_t kMaxContacts = 32;
inline constexpr std::size_t kMaxAssertedIdentities = 4;  // RFC 3325 9.1 allows two
inline constexpr std::size_t kMaxIdentities = 16;         // STIR-HDR-02: what is beyond is counted, not read

enum class Kind : std::uint8_t { request, response };

enum class Method : std::uint8_t {
  other,
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,
  message,
  subscribe,
  notify,
  prack,
  update,
  info,
  refer,
  publish,
};

// One header field. A folded field is one line here, with its continuation lines. All places are octets from the first
// octet of the message.
struct HeaderLine {
  std::uint16_t begin = 0;
  std::uint16_t name_end = 0;
  std::uint16_t value_begin = 0;
  std::uint16_t value_end = 0;
  std::uint16_t end = 0;  // behind the final CRLF
  HeaderId id = HeaderId::unknown;

  // As written.
  [[nodiscard]] constexpr Span name() const { return span(begin, name_end); }
  // Outer blanks excluded, folds inside.
  [[nodiscard]] constexpr Span value() const { return span(value_begin, value_end); }
  // Name to CRLF: what to remove in order to remove the field.
  [[nodiscard]] constexpr Span whole() const { return span(begin, end); }

 private:
  [[nodiscard]] static constexpr Span span(std::uint16_t from, std::uint16_t to) {
    return {from, static_cast<std::uint16_t>(to - from)};
  }
};

struct Via {
  Span whole;
  Span transport;
  Span host;  // sent-by without port
  Span port;  // digits, empty if absent
  Span branch;
  Span received;
  bool rport = false;  // the parameter is present (RFC 3581)
};

}  // namespace stirline::sip
