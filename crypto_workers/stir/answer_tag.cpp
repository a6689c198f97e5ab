#include "crypto_workers/stir/answer_tag.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <openssl/hmac.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

struct AnswerTag::Impl {
  static constexpr std::size_t kSipHashKeyBytes = 16;

  EvpMac siphash;
  EvpMacContext context;
  SecretBytes<32> key;  // of which SipHash takes the first half

  // What is to be summed, gathered: a call into the library for each piece would cost more than the sum.
  std::array<std::uint8_t, 256> gathered;
  std::size_t used = 0;

  // The length in front keeps "ab" + "c" apart from "a" + "bc".
  bool add(std::string_view text) {
    if (!add(static_cast<std::uint32_t>(text.size()))) {
      return false;
    }
    while (text.size() > gathered.size() - used) {
      const std::size_t piece = gathered.size() - used;
      std::ranges::copy(text.substr(0, piece), gathered.begin() + static_cast<std::ptrdiff_t>(used));
      used += piece;
      text.remove_prefix(piece);
      if (!flush()) {
        return false;
      }
    }
    std::ranges::copy(text, gathered.begin() + static_cast<std::ptrdiff_t>(used));
    used += text.size();
    return true;
  }
  bool add(std::uint32_t number) {
    if (gathered.size() - used < sizeof number && !flush()) {
      return false;
    }
    for (std::size_t i = 0; i < sizeof number; ++i) {
      gathered[used++] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return true;
  }
  bool flush() {
    const std::size_t count = std::exchange(used, 0);
    return EVP_MAC_update(context.get(), gathered.data(), count) == 1;
  }
};

AnswerTag::AnswerTag(std::span<const std::uint8_t, kOrigidKeyBytes> key) : impl_(std::make_unique<Impl>()) {
  constexpr std::string_view kPurpose = "stirline tag of our own answers";
  impl_->siphash.reset(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr));
  impl_->context.reset(impl_->siphash ? EVP_MAC_CTX_new(impl_->siphash.get()) : nullptr);
  unsigned length = 0;
  if (!impl_->context || HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(kPurpose).data(),
                              kPurpose.size(), impl_->key.data(), &length) == nullptr) {
    throw std::runtime_error("OpenSSL offers no SipHash, or no HMAC");
  }
}

AnswerTag::~AnswerTag() = default;

bool AnswerTag::make(const AnsweredRequest& request, AnswerTagText& tag) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr unsigned kLetterBits = 5;
  std::array<std::uint8_t, 16> mac{};
  std::size_t length = 0;
  impl_->used = 0;
  if (EVP_MAC_init(impl_->context.get(), impl_->key.data(), Impl::kSipHashKeyBytes, nullptr) != 1 ||
      !impl_->add(request.call_id) || !impl_->add(request.from_tag) || !impl_->add(request.branch) ||
      !impl_->add(request.cseq) || !impl_->flush() ||
      EVP_MAC_final(impl_->context.get(), mac.data(), &length, mac.size()) != 1) {
    return false;
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) {
    bits |= std::uint64_t{mac[i]} << (8 * i);
  }
  for (char& letter : tag) {
    letter = kLetters[bits % kLetters.size()];
    bits >>= kLetterBits;
  }
  return true;
}

}  // namespace stirline::crypto
