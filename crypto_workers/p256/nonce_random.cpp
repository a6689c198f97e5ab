#include "crypto_workers/p256/nonce_random.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

constexpr std::uint64_t kRequestsOfSeed = 1'024;
constexpr std::array<std::uint8_t, NonceRandom::kMaxRequest> kZeros{};
constexpr std::array<std::uint8_t, 16> kFirstBlock{};  // of the counter: every key is used for one request only

}  // namespace

bool system_entropy(std::span<std::uint8_t> out) {
  return getrandom(out.data(), out.size(), 0) == static_cast<ssize_t>(out.size());
}

NonceRandom::NonceRandom(EntropySource entropy)
    : entropy_(std::move(entropy)),
      memory_(sizeof(State), LockedMemory::OnFork::wipe),
      state_(*static_cast<State*>(memory_.data())),
      cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)),
      context_(EVP_CIPHER_CTX_new()) {
  if (!cipher_ || !context_) {
    throw std::runtime_error("OpenSSL offers no AES-256-CTR");
  }
}

bool NonceRandom::seed() {
  // The old key stays part of the new one: a poor seed makes nothing worse.
  SecretBytes<kKeyBytes + SHA256_DIGEST_LENGTH> input;
  std::ranges::copy(state_.key, input.data());
  if (!entropy_(input.span().subspan<kKeyBytes>()) ||
      SHA256(input.data(), input.size(), state_.key.data()) == nullptr) {
    return false;
  }
  state_.requests = 0;
  state_.seeded = true;
  return true;
}

bool NonceRandom::fill(std::span<std::uint8_t> out) {
  if (out.size() < kKeyBytes || out.size() > kMaxRequest) {
    return false;
  }
  if ((!state_.seeded || state_.requests == kRequestsOfSeed) && !seed()) {
    return false;
  }
  ++state_.requests;
  int length = 0;
  if (EVP_EncryptInit_ex2(context_.get(), cipher_.get(), state_.key.data(), kFirstBlock.data(), nullptr) != 1 ||
      EVP_EncryptUpdate(context_.get(), state_.key.data(), &length, kZeros.data(), kKeyBytes) != 1 ||
      EVP_EncryptUpdate(context_.get(), out.data(), &length, kZeros.data(), static_cast<int>(out.size())) != 1) {
    state_.seeded = false;
    return false;
  }
  if (std::ranges::equal(out.first(kKeyBytes), state_.last)) {  // stuck
    OPENSSL_cleanse(out.data(), out.size());
    state_.seeded = false;
    return false;
  }
  std::ranges::copy(out.first(kKeyBytes), state_.last.begin());
  return true;
}

}  // namespace stirline::crypto
