// SIP URIs as identities: the normal form in which they are compared and signed (RFC 8224 8.5; STIR-ID-05).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/uri.hpp"

namespace stirline::crypto {

// Fixed size: it travels in job slots. Copies carry the text only, which is empty where a number is.
struct UriIdentity {
  static constexpr std::size_t kMaxBytes = 254;

  UriIdentity() = default;
  ~UriIdentity() = default;
  UriIdentity(const UriIdentity& other) { *this = other; }
  UriIdentity& operator=(const UriIdentity& other) {
    if (this != &other) {
      length = other.length;
      std::ranges::copy(other.view(), text.begin());
    }
    return *this;
  }

  std::array<char, kMaxBytes> text;  // of which `length` octets mean anything: clearing it costs more than most uses
  std::uint8_t length = 0;           // 0: none

  [[nodiscard]] std::string_view view() const { return {text.data(), length}; }
};

// scheme:user@host of a sip or sips URI: password, port, parameters and headers dropped, scheme, user and host in lower
// case, escapes of unreserved characters undone, other escapes in upper case. Empty for other schemes, without a user,
// or if it does not fit.
[[nodiscard]] UriIdentity normalized_uri(std::string_view message, const sip::Uri& uri);

// *@anonymous.invalid: an identity of nobody (RFC 3261 8.1.1.3, RFC 8224 11; STIR-ID-06).
[[nodiscard]] bool is_anonymous(std::string_view message, const sip::Uri& uri);

}  // namespace stirline::crypto
