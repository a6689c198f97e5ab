#include "crypto_workers/call_mac.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include "crypto_workers/mac_input.hpp"
#include "crypto_workers/octets.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

struct CallMac::Impl {
  SecretBytes<kCallMacBytes> key;
  EvpMac hmac;
  EvpMacContext context;
};

CallMac::CallMac(std::span<const std::uint8_t, kKeyBytes> key, std::string_view purpose)
    : impl_(std::make_unique<Impl>()) {
  unsigned length = 0;
  impl_->hmac.reset(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  impl_->context.reset(impl_->hmac ? EVP_MAC_CTX_new(impl_->hmac.get()) : nullptr);
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  if (!impl_->context ||
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(purpose).data(), purpose.size(),
           impl_->key.data(), &length) == nullptr ||
      EVP_MAC_init(impl_->context.get(), impl_->key.data(), impl_->key.size(), parameters.data()) != 1) {
    throw std::runtime_error("OpenSSL offers no HMAC");
  }
}

CallMac::~CallMac() = default;

std::optional<CallMacOctets> CallMac::of(std::initializer_list<std::string_view> texts, std::uint32_t number) {
  CallMacOctets mac{};
  std::size_t length = 0;
  MacInput input(impl_->context.get());
  const bool made = EVP_MAC_init(impl_->context.get(), nullptr, 0, nullptr) == 1 &&
                    std::ranges::all_of(texts, [&](std::string_view text) { return input.add(text); }) &&
                    input.add(number) && input.flush() &&
                    EVP_MAC_final(impl_->context.get(), mac.data(), &length, mac.size()) == 1;
  return made ? std::optional(mac) : std::nullopt;
}

}  // namespace stirline::crypto
