#include "crypto_workers/p256/openssl_engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/err.h>

#include "crypto_workers/message_digest.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/rfc6979.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

using Digest = std::array<std::uint8_t, 32>;

class OpensslSigningKey final : public SigningKey {
 public:
  EvpKeyContext context;
  SecretBytes<kScalarBytes> scalar;  // only kept for RFC 6979
};

class OpensslVerifyingKey final : public VerifyingKey {
 public:
  EvpKeyContext context;
};

// The context holds the key's reference; made once, used for every operation.
EvpKeyContext make_context(EVP_PKEY* key, int (*init)(EVP_PKEY_CTX*)) {
  EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context && init(context.get()) != 1) {
    context.reset();
  }
  return context;
}

class OpensslEngine final : public Engine {
 public:
  explicit OpensslEngine(NonceSource nonces) : nonces_(nonces) {}

  [[nodiscard]] std::string_view name() const override { return "openssl"; }

  [[nodiscard]] std::expected<std::unique_ptr<SigningKey>, EngineError> make_signing_key(
      std::span<const std::uint8_t, kScalarBytes> scalar) override {
    const auto evp_key = private_evp_key(scalar);
    if (!evp_key) {
      return std::unexpected(evp_key.error());
    }
    auto key = std::make_unique<OpensslSigningKey>();
    key->context = make_context(evp_key->get(), EVP_PKEY_sign_init);
    if (!key->context) {
      return std::unexpected(EngineError::internal);
    }
    if (nonces_ == NonceSource::rfc6979) {
      std::ranges::copy(scalar, key->scalar.data());
    }
    return key;
  }

  [[nodiscard]] std::expected<std::unique_ptr<VerifyingKey>, EngineError> make_verifying_key(
      std::span<const std::uint8_t, kPointBytes> point) override {
    const auto evp_key = public_evp_key(point);
    if (!evp_key) {
      return std::unexpected(evp_key.error());
    }
    auto key = std::make_unique<OpensslVerifyingKey>();
    key->context = make_context(evp_key->get(), EVP_PKEY_verify_init);
    if (!key->context) {
      return std::unexpected(EngineError::internal);
    }
    return key;
  }

  void sign(std::span<SignRequest> batch) override {
    for (SignRequest& request : batch) {
      request.done = sign_one(request);
    }
  }

  void verify(std::span<VerifyRequest> batch) override {
    for (VerifyRequest& request : batch) {
      request.valid = verify_one(request);
    }
  }

 private:
  bool sign_one(const SignRequest& request) {
    Digest digest{};
    if (request.key == nullptr || request.signature == nullptr || !sha256_.make(request.message, digest)) {
      return false;
    }
    auto& key = static_cast<OpensslSigningKey&>(*request.key);
    std::optional<std::array<std::uint8_t, kSignatureBytes>> raw;
    if (nonces_ == NonceSource::rfc6979) {
      raw = sign_rfc6979(key.scalar.span(), digest);
    } else {
      DerSignature der;
      der.length = der.octets.size();
      if (EVP_PKEY_sign(key.context.get(), der.octets.data(), &der.length, digest.data(), digest.size()) == 1) {
        raw = raw_from_der(std::span(der.octets).first(der.length));
      }
    }
    if (!raw) {
      ERR_clear_error();
      return false;
    }
    std::ranges::copy(*raw, request.signature);
    return true;
  }

  bool verify_one(const VerifyRequest& request) {
    if (request.key == nullptr || request.signature == nullptr) {
      return false;
    }
    const std::span<const std::uint8_t, kSignatureBytes> raw(request.signature, kSignatureBytes);
    Digest digest{};
    if (!is_group_scalar(raw.first<kScalarBytes>()) || !is_group_scalar(raw.last<kScalarBytes>()) ||
        !sha256_.make(request.message, digest)) {
      return false;
    }
    auto& key = static_cast<OpensslVerifyingKey&>(*request.key);
    const DerSignature der = der_from_raw(raw);
    if (EVP_PKEY_verify(key.context.get(), der.octets.data(), der.length, digest.data(), digest.size()) == 1) {
      return true;
    }
    ERR_clear_error();
    return false;
  }

  NonceSource nonces_;
  MessageDigest sha256_{"SHA256"};
};

}  // namespace

std::unique_ptr<Engine> make_openssl_engine(NonceSource nonces) {
  return std::make_unique<OpensslEngine>(nonces);
}

}  // namespace stirline::crypto
