// OpenSSL 3 deprecates its low-level SHA-256, but has nothing faster: the rival to beat.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "perf/p256_workload.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/sha.h>

#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/signature_format.hpp"

namespace stirline::perf {
namespace {

void require(bool good) {
  if (!good) {
    throw std::runtime_error("OpenSSL refuses to be measured");
  }
}

}  // namespace

P256Workload::P256Workload() {
  std::mt19937_64 random(2'026);
  const auto fill = [&](auto& octets) {
    std::ranges::generate(octets, [&] { return static_cast<std::uint8_t>(random()); });
  };
  const auto openssl = crypto::make_openssl_engine();
  std::vector<std::unique_ptr<crypto::SigningKey>> keys;
  for (std::size_t i = 0; i < kKeys; ++i) {
    fill(scalars[i]);
    scalars[i][0] &= 0x7fU;
    points[i] = crypto::public_point(scalars[i]).value();
    keys.push_back(openssl->make_signing_key(scalars[i]).value());
  }
  signatures.resize(kInputs);
  std::vector<crypto::SignRequest> requests;
  for (std::size_t i = 0; i < kInputs; ++i) {
    auto& message = messages.emplace_back(kMessageOctets);
    fill(message);
    SHA256(message.data(), message.size(), digests.emplace_back().data());
    fill(nonces.emplace_back());
    nonces.back()[0] &= 0x7fU;
  }
  for (std::size_t i = 0; i < kInputs; ++i) {
    requests.push_back({keys[i % kKeys].get(), messages[i], signatures[i].data(), false});
  }
  openssl->sign(requests);
  require(std::ranges::all_of(requests, &crypto::SignRequest::done));
}

EvpRival::EvpRival(const P256Workload& workload)
    : workload_(workload), sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), digest_context_(EVP_MD_CTX_new()) {
  for (std::size_t i = 0; i < P256Workload::kKeys; ++i) {
    const auto key = crypto::private_evp_key(workload.scalars[i]).value();
    signers_.emplace_back(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    verifiers_.emplace_back(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    require(EVP_PKEY_sign_init(signers_.back().get()) == 1 && EVP_PKEY_verify_init(verifiers_.back().get()) == 1);
  }
  for (const auto& signature : workload.signatures) {
    const crypto::DerSignature der = crypto::der_from_raw(signature);
    const auto octets = std::span(der.octets).first(der.length);
    der_.emplace_back(octets.begin(), octets.end());
  }
}

std::array<std::uint8_t, 32> EvpRival::digest_of(std::size_t input) {
  std::array<std::uint8_t, 32> digest{};
  const auto& message = workload_.messages[input];
  require(EVP_DigestInit_ex2(digest_context_.get(), sha256_.get(), nullptr) == 1 &&
          EVP_DigestUpdate(digest_context_.get(), message.data(), message.size()) == 1 &&
          EVP_DigestFinal_ex(digest_context_.get(), digest.data(), nullptr) == 1);
  return digest;
}

void EvpRival::sign(std::size_t input) {
  std::array<std::uint8_t, crypto::kMaxDerSignatureBytes> der{};
  std::size_t length = der.size();
  const auto& digest = workload_.digests[input];
  require(EVP_PKEY_sign(signers_[input % P256Workload::kKeys].get(), der.data(), &length, digest.data(),
                        digest.size()) == 1);
}

void EvpRival::verify(std::size_t input) {
  const auto& digest = workload_.digests[input];
  require(EVP_PKEY_verify(verifiers_[input % P256Workload::kKeys].get(), der_[input].data(), der_[input].size(),
                          digest.data(), digest.size()) == 1);
}

void EvpRival::sign_message(std::size_t input) {
  std::array<std::uint8_t, crypto::kMaxDerSignatureBytes> der{};
  std::size_t length = der.size();
  const auto digest = digest_of(input);
  require(EVP_PKEY_sign(signers_[input % P256Workload::kKeys].get(), der.data(), &length, digest.data(),
                        digest.size()) == 1);
}

void EvpRival::verify_message(std::size_t input) {
  const auto digest = digest_of(input);
  require(EVP_PKEY_verify(verifiers_[input % P256Workload::kKeys].get(), der_[input].data(), der_[input].size(),
                          digest.data(), digest.size()) == 1);
}

void EvpRival::hash(std::size_t input) {
  std::array<std::uint8_t, 32> digest{};
  SHA256_CTX context;
  const auto& message = workload_.messages[input];
  require(SHA256_Init(&context) == 1 && SHA256_Update(&context, message.data(), message.size()) == 1 &&
          SHA256_Final(digest.data(), &context) == 1);
}

}  // namespace stirline::perf
