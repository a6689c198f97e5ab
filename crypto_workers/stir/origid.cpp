#include "crypto_workers/stir/origid.hpp"

#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

struct OrigidGenerator::Impl {
  EvpMac hmac;
  EvpMacContext context;
  SecretBytes<kOrigidKeyBytes> key;

  // The length in front keeps "ab" + "c" apart from "a" + "bc".
  bool add(std::string_view text) {
    std::array<std::uint8_t, 4> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<std::uint8_t>(text.size() >> (8 * i));
    }
    const auto octets = octets_of(text);
    return EVP_MAC_update(context.get(), length.data(), length.size()) == 1 &&
           EVP_MAC_update(context.get(), octets.data(), octets.size()) == 1;
  }
};

OrigidGenerator::OrigidGenerator(std::span<const std::uint8_t, kOrigidKeyBytes> key) : impl_(std::make_unique<Impl>()) {
  impl_->hmac.reset(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  impl_->context.reset(impl_->hmac ? EVP_MAC_CTX_new(impl_->hmac.get()) : nullptr);
  std::array<char, 8> digest = {"SHA256"};
  const std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                            OSSL_PARAM_construct_end()};
  std::ranges::copy(key, impl_->key.data());
  if (!impl_->context || EVP_MAC_init(impl_->context.get(), key.data(), key.size(), params.data()) != 1) {
    throw std::runtime_error("OpenSSL offers no HMAC with SHA-256");
  }
}

OrigidGenerator::~OrigidGenerator() = default;

bool OrigidGenerator::make(std::string_view element, std::string_view call_id, std::string_view from_tag,
                           std::array<char, kUuidBytes>& uuid) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kUuidOctets = 16;
  std::array<std::uint8_t, 32> mac{};
  std::size_t length = 0;
  // The key is given again: without it some releases of OpenSSL 3.0 do not start afresh.
  if (EVP_MAC_init(impl_->context.get(), impl_->key.data(), impl_->key.size(), nullptr) != 1 || !impl_->add(element) ||
      !impl_->add(call_id) || !impl_->add(from_tag) ||
      EVP_MAC_final(impl_->context.get(), mac.data(), &length, mac.size()) != 1) {
    return false;
  }
  mac[6] = static_cast<std::uint8_t>((mac[6] & 0x0fU) | 0x80U);  // version 8
  mac[8] = static_cast<std::uint8_t>((mac[8] & 0x3fU) | 0x80U);  // variant of RFC 9562
  std::size_t at = 0;
  for (std::size_t i = 0; i < kUuidOctets; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      uuid[at++] = '-';
    }
    uuid[at++] = kHex[mac[i] >> 4U];
    uuid[at++] = kHex[mac[i] & 0x0fU];
  }
  return true;
}

}  // namespace stirline::crypto
