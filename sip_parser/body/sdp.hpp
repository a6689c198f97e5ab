// Session descriptions (RFC 8866): what an inline device reads of them, that is connections, media and the fingerprints
// of the keys that media will use (RFC 8122; STIR-AS-07, STIR-PT-05).
//
// Lines end with CRLF or LF, as RFC 8866 5 asks of readers; everything else that two readers could see differently is
// refused. Pure; nothing is copied.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/body/body_error.hpp"
#include "sip_parser/fixed_list.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxSdpLines = 512;
inline constexpr std::size_t kMaxSdpLineBytes = 4096;  // without its line end
inline constexpr std::size_t kMaxSdpMedia = 32;
inline constexpr std::size_t kMaxFingerprints = 16;
inline constexpr std::size_t kMaxFingerprintOctets = 64;  // of a hash function not known here

// c=<nettype> <addrtype> <connection-address>
struct SdpConnection {
  Span network_type;  // "IN"
  Span address_type;  // "IP4", "IP6"
  Span address;       // TTL and number of addresses included
};

// m=<media> <port>[/<number>] <proto> <fmt> ...
struct SdpMedia {
  Span media;               // "audio", "message" ...
  std::uint16_t port = 0;   // zero: refused or withdrawn
  std::uint16_t ports = 1;  // consecutive ones
  Span protocol;            // "RTP/AVP", "UDP/TLS/RTP/SAVPF", "TCP/TLS/MSRP" ...
  Span formats;
  std::optional<SdpConnection> connection;  // the first of this medium; without one the session's holds
};

// a=fingerprint:<hash-func> <fingerprint>
struct Fingerprint {
  static constexpr std::uint8_t kSessionLevel = 0xFF;
  Span hash;                           // "sha-256"; compares without regard to case
  Span value;                          // "4A:AD:..", of the length that its hash function has; either case
  std::uint8_t media = kSessionLevel;  // index of the medium it belongs to
};

struct SessionDescription {
  std::optional<SdpConnection> connection;  // of the session
  FixedList<SdpMedia, kMaxSdpMedia> media;
  FixedList<Fingerprint, kMaxFingerprints> fingerprints;  // of the session and of all media, in order
};

// Reads the session description that fills `where` exactly. Empty lines at its end are ignored. Errors: those of SDP in
// BodyErrorCode.
[[nodiscard]] std::expected<SessionDescription, BodyError> read_sdp(std::string_view octets, Span where);

}  // namespace stirline::sip
