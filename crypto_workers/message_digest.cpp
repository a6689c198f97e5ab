#include "crypto_workers/message_digest.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace stirline::crypto {

MessageDigest::MessageDigest(const char* algorithm)
    : algorithm_(EVP_MD_fetch(nullptr, algorithm, nullptr)), context_(EVP_MD_CTX_new()) {
  if (!algorithm_ || !context_) {
    throw std::runtime_error(std::string("OpenSSL offers no ") + algorithm);
  }
}

bool MessageDigest::make(std::span<const std::uint8_t> message, std::span<std::uint8_t> digest) {
  return std::cmp_equal(digest.size(), EVP_MD_get_size(algorithm_.get())) &&
         EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1 &&
         EVP_DigestUpdate(context_.get(), message.data(), message.size()) == 1 &&
         EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
}

}  // namespace stirline::crypto
