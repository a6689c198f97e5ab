// Header fields of our answers that depend on the request: made of it alone, so that copies get the same octets.
//
// Pure; no heap; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::dataplane {

inline constexpr std::size_t kMaxCalledUri = 512;  // octets; of a longer one nothing is said
inline constexpr std::size_t kPermissionLineBytes = kMaxCalledUri + 32;

// SPIT-CO-01 (RFC 5360 5.9.2): whose permission is missing, "Permission-Missing: <sip:bob@example.com>" with CRLF.
// Empty: the Request-URI is too long, or cannot stand between '<' and '>'.
[[nodiscard]] std::string_view permission_line(const sip::Message& request, std::string_view octets,
                                               std::span<char, kPermissionLineBytes> line);

// SPIT-PL-04: "Contact: <sip:bob@example.com>" with CRLF, of him who is called. Empty likewise.
[[nodiscard]] std::string_view called_contact_line(const sip::Message& request, std::string_view octets,
                                                   std::span<char, kPermissionLineBytes> line);

// SPIT-MK-04: "Contact: <sip:voicebox@example.com>" with CRLF. `target` may stand between '<' and '>', and has at most
// kMaxCalledUri octets.
[[nodiscard]] std::string_view contact_line(std::string_view target, std::span<char, kPermissionLineBytes> line);

}  // namespace stirline::dataplane
