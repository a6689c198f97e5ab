#include "crypto_workers/certificate/private_key.hpp"

#include <algorithm>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/openssl_key.hpp"

namespace stirline::crypto {
namespace {

// Without it OpenSSL asks for a passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*argument*/) {
  return -1;
}

}  // namespace

std::expected<PrivateKey, std::string> PrivateKey::from_pem(std::string_view pem) {
  const auto refuse = [](std::string text) {
    ERR_clear_error();
    return std::unexpected(std::move(text));
  };
  if (pem.size() > kMaxKeyFileBytes) {
    return refuse("the key file is longer than " + std::to_string(kMaxKeyFileBytes) + " octets");
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const EvpKey key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!key) {
    return refuse("no unencrypted PEM private key can be read");
  }
  PrivateKey result;
  BIGNUM* number = nullptr;
  if (!point_of(key.get()) || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) {
    return refuse("the key is not on P-256 (prime256v1)");
  }
  const BigNumber scalar(number);
  if (BN_bn2binpad(scalar.get(), result.scalar_.data(), static_cast<int>(kScalarBytes)) < 0) {
    return refuse("the private scalar is longer than 32 octets");
  }
  const auto point = public_point(result.scalar());  // computed, not believed: the file may hold another one
  if (!point) {
    return refuse("the private scalar is out of range");
  }
  result.point_ = *point;
  return result;
}

bool PrivateKey::matches(std::span<const std::uint8_t, kPointBytes> point) const {
  return std::ranges::equal(point_, point);
}

}  // namespace stirline::crypto
