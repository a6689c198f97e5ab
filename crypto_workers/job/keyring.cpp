#include "crypto_workers/job/keyring.hpp"

#include <algorithm>
#include <utility>

namespace stirline::crypto {

bool Certificate::covers_domain(std::string_view host) const {
  const auto same = [](char ours, char theirs) {
    return ours == (theirs >= 'A' && theirs <= 'Z' ? static_cast<char>(theirs - 'A' + 'a') : theirs);
  };
  return std::ranges::any_of(domains,
                             [&](const std::string& domain) { return std::ranges::equal(domain, host, same); });
}

std::uint32_t Keyring::add(Credential credential) {
  credentials_.push_back(std::move(credential));
  return static_cast<std::uint32_t>(credentials_.size() - 1);
}

void Keyring::add(std::string x5u, Certificate certificate) {
  if (certificate.regime == kEveryRegime) {
    everywhere_.insert_or_assign(std::move(x5u), std::move(certificate));
    return;
  }
  if (regimes_.size() <= certificate.regime) {
    regimes_.resize(std::size_t{certificate.regime} + 1);
  }
  regimes_[certificate.regime].insert_or_assign(std::move(x5u), std::move(certificate));
}

const Credential* Keyring::credential(std::uint32_t index) const {
  return index < credentials_.size() ? &credentials_[index] : nullptr;
}

const Certificate* Keyring::certificate(std::uint16_t regime, std::string_view x5u) const {
  if (regime < regimes_.size()) {
    if (const auto found = regimes_[regime].find(x5u); found != regimes_[regime].end()) {
      return &found->second;
    }
  }
  const auto found = everywhere_.find(x5u);
  return found == everywhere_.end() ? nullptr : &found->second;
}

std::size_t Keyring::certificates() const {
  std::size_t count = everywhere_.size();
  for (const auto& regime : regimes_) {
    count += regime.size();
  }
  return count;
}

}  // namespace stirline::crypto
