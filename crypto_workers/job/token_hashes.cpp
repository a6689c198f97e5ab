#include "crypto_workers/job/token_hashes.hpp"

#include <span>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/folding.hpp"

namespace stirline::crypto {

void TokenHashes::add(std::string_view token, TokenHash& hash) {
  hash.known = false;
  if (token.empty() || token.size() > kMaxDigestBytes) {
    return;
  }
  if (!is_folded(token)) {
    add_unfolded(token, hash);
    return;
  }
  // Rare, and one buffer does for all: it is hashed at once.
  finish();
  if (const auto unfolded = unfold(token, unfolded_)) {
    add_unfolded(*unfolded, hash);
    finish();
  }
}

void TokenHashes::add_unfolded(std::string_view token, TokenHash& hash) {
  if (count_ == jobs_.size()) {
    finish();
  }
  jobs_[count_].message = octets_of(token);
  hashes_[count_] = &hash;
  ++count_;
}

void TokenHashes::finish() {
  if (count_ == 0) {
    return;
  }
  const bool good = engine_.hash(std::span(jobs_).first(count_));
  for (std::size_t i = 0; i < count_; ++i) {
    hashes_[i]->octets = jobs_[i].digest;
    hashes_[i]->known = good;
  }
  count_ = 0;
}

}  // namespace stirline::crypto
