#include "crypto_workers/stir/answer_tag.hpp"

#include <stdexcept>

#include <openssl/hmac.h>

#include "crypto_workers/mac_input.hpp"
#include "crypto_workers/octets.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

struct AnswerTag::Impl {
  static constexpr std::size_t kSipHashKeyBytes = 16;

  EvpMac siphash;
  EvpMacContext context;
  SecretBytes<32> key;  // of which SipHash takes the first half
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
  MacInput input(impl_->context.get());
  if (EVP_MAC_init(impl_->context.get(), impl_->key.data(), Impl::kSipHashKeyBytes, nullptr) != 1 ||
      !input.add(request.call_id) || !input.add(request.from_tag) || !input.add(request.branch) ||
      !input.add(request.cseq) || !input.flush() ||
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
