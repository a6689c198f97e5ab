#include "crypto_workers/p256/message_hash.hpp"

#include <stdexcept>

namespace stirline::crypto {

MessageHash::MessageHash() : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (!sha256_ || !context_) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
}

bool MessageHash::hash(std::span<HashJob> jobs) {
  bool good = true;
  for (HashJob& job : jobs) {
    good = EVP_DigestInit_ex2(context_.get(), sha256_.get(), nullptr) == 1 &&
           EVP_DigestUpdate(context_.get(), job.message.data(), job.message.size()) == 1 &&
           EVP_DigestFinal_ex(context_.get(), job.digest.data(), nullptr) == 1 && good;
  }
  return good;
}

}  // namespace stirline::crypto
