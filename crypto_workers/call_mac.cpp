#include "crypto_workers/call_mac.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/crypto.h>

namespace stirline::crypto {

CallMac::CallMac(std::span<const std::uint8_t, kKeyBytes> key, std::string_view purpose) : hmac_(key) {
  auto own = hmac_.make([&](MacInput& input) { return input.add_octets(purpose); });
  const bool is_made = own && hmac_.use(*own);
  if (own) {
    OPENSSL_cleanse(own->data(), own->size());
  }
  if (!is_made) {
    throw std::runtime_error("OpenSSL makes no key");
  }
}

std::optional<HmacSha256::Octets> CallMac::of(std::initializer_list<std::string_view> texts, std::uint32_t number) {
  return hmac_.make([&](MacInput& input) {
    return std::ranges::all_of(texts, [&](std::string_view text) { return input.add(text); }) && input.add(number);
  });
}

}  // namespace stirline::crypto
