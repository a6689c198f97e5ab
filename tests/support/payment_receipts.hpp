// What a provider of payments does: a receipt for an offer (SPIT-PY-01), right or wrong.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <openssl/hmac.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/base64url.hpp"

namespace stirline::test {

inline std::string base64url(std::span<const std::uint8_t> octets) {
  std::string text(crypto::base64url_encoded_size(octets.size()), '\0');
  static_cast<void>(crypto::base64url_encode(octets, text));
  return text;
}

// A JWS with HS256, whatever the two parts are.
inline std::string receipt_of(std::string_view header, std::string_view payload, std::span<const std::uint8_t> key) {
  const std::string text = base64url(crypto::octets_of(header)) + "." + base64url(crypto::octets_of(payload));
  std::array<std::uint8_t, 32> mac{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), crypto::octets_of(text).data(), text.size(), mac.data(),
       &length);
  return text + "." + base64url(mac);
}

inline constexpr std::string_view kReceiptHeader = R"({"alg":"HS256","typ":"payment-receipt"})";

// The parameter of an offer, with or without its quotes.
inline std::string offer_parameter(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(name + "=") + name.size() + 1;
  std::string value = line.substr(at, line.find_first_of(";\r", at) - at);
  std::erase(value, '"');
  return value;
}

// What is asked for in the line of an offer, paid at `now`.
inline std::string paid_payload(const std::string& line, std::int64_t now) {
  return R"({"iss":")" + offer_parameter(line, "provider") + R"(","offer":")" + offer_parameter(line, "id") +
         R"(","amount":)" + offer_parameter(line, "amount") + R"(,"cur":")" + offer_parameter(line, "cur") +
         R"(","iat":)" + std::to_string(now) + R"(,"exp":)" + offer_parameter(line, "exp") + "}";
}

}  // namespace stirline::test
