// origid: a UUID that names a network element to nobody but us (RFC 8588 5; STIR-AS-11).
//
// UUIDv8 (RFC 9562 5.8) out of HMAC-SHA-256(key, element | Call-ID | From tag): another one for every call, the same
// for a retransmission, and with the key a candidate element can be proved for traceback. One per thread; no heap of
// our own per call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto_workers/hmac_sha256.hpp"
#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kOrigidKeyBytes = 32;

class OrigidGenerator {
 public:
  // Throws std::runtime_error if OpenSSL offers no HMAC.
  explicit OrigidGenerator(std::span<const std::uint8_t, kOrigidKeyBytes> key);

  // Writes 36 characters of lower-case UUID text; false (and nothing written) if the library fails.
  [[nodiscard]] bool make(std::string_view element, std::string_view call_id, std::string_view from_tag,
                          std::array<char, kUuidBytes>& uuid);

 private:
  HmacSha256 hmac_;
};

}  // namespace stirline::crypto
