#include "crypto_workers/hmac_sha256.hpp"

#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace stirline::crypto {

HmacSha256::HmacSha256(std::span<const std::uint8_t> key) : hmac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
  context_.reset(hmac_ ? EVP_MAC_CTX_new(hmac_.get()) : nullptr);
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters.data()) != 1 || !use(key)) {
    throw std::runtime_error("OpenSSL offers no HMAC with SHA-256");
  }
}

bool HmacSha256::use(std::span<const std::uint8_t> key) {
  return EVP_MAC_init(context_.get(), key.data(), key.size(), nullptr) == 1;
}

// Without a key: that of the last time, whose padding is not hashed again. OpenSSL before 3.0.3 would go on instead.
bool HmacSha256::begin() {
  return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
}

std::optional<HmacSha256::Octets> HmacSha256::end() {
  Octets mac{};
  std::size_t length = 0;
  return EVP_MAC_final(context_.get(), mac.data(), &length, mac.size()) == 1 ? std::optional(mac) : std::nullopt;
}

}  // namespace stirline::crypto
