#include "crypto_workers/puzzle/hashcash.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

// The last octet ends in the lowest bit.
PuzzleOctets without_low_bits(PuzzleOctets octets, unsigned bits) {
  for (auto octet = octets.rbegin(); octet != octets.rend() && bits != 0; ++octet) {
    const unsigned here = std::min(bits, 8U);
    *octet = static_cast<std::uint8_t>(*octet & ~((1U << here) - 1));
    bits -= here;
  }
  return octets;
}

PuzzleOctets image_of(const PuzzleOctets& pre) {
  PuzzleOctets image{};
  SHA1(pre.data(), pre.size(), image.data());
  return image;
}

bool same(const PuzzleOctets& a, const PuzzleOctets& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

struct Hashcash::Impl {
  SecretBytes<32> key;
  EvpMac hmac;
  EvpMacContext context;

  // The length in front keeps "ab" + "c" apart from "a" + "bc".
  [[nodiscard]] bool add(std::string_view text) const {
    return add(static_cast<std::uint32_t>(text.size())) &&
           EVP_MAC_update(context.get(), octets_of(text).data(), text.size()) == 1;
  }
  [[nodiscard]] bool add(std::uint32_t number) const {
    std::array<std::uint8_t, sizeof number> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
      octets[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return EVP_MAC_update(context.get(), octets.data(), octets.size()) == 1;
  }

  [[nodiscard]] std::optional<PuzzleOctets> pre_of(const PuzzleCall& call, std::uint32_t minute) const {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> mac{};
    std::size_t length = 0;
    if (EVP_MAC_init(context.get(), nullptr, 0, nullptr) != 1 || !add(call.call_id) || !add(call.from) ||
        !add(call.to) || !add(minute) || EVP_MAC_final(context.get(), mac.data(), &length, mac.size()) != 1) {
      return std::nullopt;
    }
    PuzzleOctets pre{};
    std::copy_n(mac.begin(), pre.size(), pre.begin());
    return pre;
  }
};

Hashcash::Hashcash(std::span<const std::uint8_t, kOrigidKeyBytes> key) : impl_(std::make_unique<Impl>()) {
  constexpr std::string_view kPurpose = "stirline puzzles for callers";
  unsigned length = 0;
  impl_->hmac.reset(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  impl_->context.reset(impl_->hmac ? EVP_MAC_CTX_new(impl_->hmac.get()) : nullptr);
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  if (!impl_->context ||
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(kPurpose).data(), kPurpose.size(),
           impl_->key.data(), &length) == nullptr ||
      EVP_MAC_init(impl_->context.get(), impl_->key.data(), impl_->key.size(), parameters.data()) != 1) {
    throw std::runtime_error("OpenSSL offers no HMAC");
  }
}

Hashcash::~Hashcash() = default;

std::optional<Puzzle> Hashcash::make(const PuzzleCall& call, std::uint32_t minute, std::uint8_t work) {
  const auto pre = impl_->pre_of(call, minute);
  if (!pre) {
    return std::nullopt;
  }
  return Puzzle{.work = work, .pre = without_low_bits(*pre, work), .image = image_of(*pre)};
}

PuzzleResult Hashcash::check(const PuzzleCall& call, std::uint32_t minute, const Puzzle& solution) {
  if (solution.work != 0 || solution.value != kWholeImage || !same(image_of(solution.pre), solution.image)) {
    return PuzzleResult::wrong;
  }
  for (std::uint32_t back = 0; back <= kMinutesGood && back <= minute; ++back) {
    const auto pre = impl_->pre_of(call, minute - back);
    if (!pre) {
      return PuzzleResult::library;
    }
    if (same(*pre, solution.pre)) {
      return PuzzleResult::solved;
    }
  }
  return PuzzleResult::wrong;
}

bool solves(const Puzzle& puzzle, const Puzzle& solution) {
  return solution.work == 0 && solution.value == kWholeImage && same(puzzle.image, solution.image) &&
         same(image_of(solution.pre), puzzle.image) &&
         same(without_low_bits(solution.pre, puzzle.work), without_low_bits(puzzle.pre, puzzle.work));
}

}  // namespace stirline::crypto
