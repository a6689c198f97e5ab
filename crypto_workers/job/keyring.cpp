#include "crypto_workers/job/keyring.hpp"

#include <utility>

namespace stirline::crypto {

std::uint32_t Keyring::add(Credential credential) {
  credentials_.push_back(std::move(credential));
  return static_cast<std::uint32_t>(credentials_.size() - 1);
}

void Keyring::add(std::string x5u, Certificate certificate) {
  certificates_.insert_or_assign(std::move(x5u), std::move(certificate));
}

const Credential* Keyring::credential(std::uint32_t index) const {
  return index < credentials_.size() ? &credentials_[index] : nullptr;
}

const Certificate* Keyring::certificate(std::string_view x5u) const {
  const auto found = certificates_.find(x5u);
  return found == certificates_.end() ? nullptr : &found->second;
}

}  // namespace stirline::crypto
