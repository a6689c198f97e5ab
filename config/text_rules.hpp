// What texts in configuration files and table images may look like: the same rules when they are written by a person
// and when they arrive over a socket. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::config {

inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxUrlBytes = 512;   // of an x5u; equals crypto::kMaxX5uBytes
inline constexpr std::size_t kMaxRegimes = 64;     // trust regimes side by side
inline constexpr std::size_t kMaxHostBytes = 253;  // RFC 1035 2.3.4, without the dot at the end
inline constexpr std::size_t kMaxNamespaceBytes = 32;
inline constexpr std::size_t kMaxE164Digits = 15;    // ITU-T E.164
inline constexpr std::size_t kMaxCountryDigits = 3;  // ITU-T E.164
inline constexpr std::size_t kMaxPrefixDigits = 5;   // national and international prefixes of a dial plan
inline constexpr std::size_t kMaxRoutingDigits = 8;  // carrier access codes in front of a number

// 1..64 of letters, digits, '.', '_', '-': fit for logs, JSON, file names and the command line without quoting.
[[nodiscard]] bool is_name(std::string_view text);

// 1..253 of small letters, digits, '-', '.': a host as a certificate's domains are kept.
[[nodiscard]] bool is_small_host(std::string_view text);

// 1..32 of small letters, digits, '-': a namespace of Resource-Priority as it is compared (RFC 4412 3.1).
[[nodiscard]] bool is_small_namespace(std::string_view text);

// 1..64 printable characters without blanks: a service provider code as decode_tn_auth_list() takes it.
[[nodiscard]] bool is_spc(std::string_view text);

// 1..255 printable characters: the subject of a certificate, as RFC 2253 writes it with all else escaped.
[[nodiscard]] bool is_certificate_subject(std::string_view text);

// Without blanks, tabs and ends of lines at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// `least`..`most` of 0-9.
[[nodiscard]] bool is_digits(std::string_view text, std::size_t least, std::size_t most);

// 1..15 of 0-9 # *: what a TNAuthList calls a telephone number (RFC 8226 9).
[[nodiscard]] bool is_telephone_number(std::string_view text);

// 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] bool is_uuid(std::string_view text);

// 'A', 'B', 'C', or '-' for "do not sign".
[[nodiscard]] bool is_attest(char letter);

// 1..512 characters of RFC 3986 2: needs no escaping between '<' and '>' (the info parameter) and none in JSON.
[[nodiscard]] bool is_uri_text(std::string_view text);

// A URI text that a certificate may be published under: https, a host, port 443 or 8443 if any, no user, query or
// fragment (STIR-CF-01).
[[nodiscard]] bool is_x5u(std::string_view text);

// The same with any port or none: which ports are fetched from is decided by whoever fetches.
[[nodiscard]] bool is_https_url(std::string_view text);

// The host of such a URL as it stands there, brackets included; empty for any other text.
[[nodiscard]] std::string_view host_of_https_url(std::string_view text);

// Its path, query and fragment: "/" if there is none; empty for any other text.
[[nodiscard]] std::string_view path_of_https_url(std::string_view text);

// 10 to the power of `digits` (0..15): one more than the highest number of that length.
[[nodiscard]] std::uint64_t power_of_ten(std::size_t digits);

// The value of a text for which is_digits(text, 1, 15) holds.
[[nodiscard]] std::uint64_t digits_value(std::string_view text);

}  // namespace stirline::config
