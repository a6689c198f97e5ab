#include "crypto_workers/job/token_hashes.hpp"

#include <algorithm>
#include <span>

#include "crypto_workers/octets.hpp"

namespace stirline::crypto {
namespace {

constexpr std::string_view kFolding = " \t\r\n";

// One search for each of them: find_first_of() looks at octet after octet, which takes four times as long as the hash.
bool is_folded(std::string_view token) {
  return std::ranges::any_of(kFolding, [&](char blank) { return token.find(blank) != std::string_view::npos; });
}

}  // namespace

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
  const auto end = std::ranges::copy_if(token, unfolded_.begin(), [](char c) {
                     return kFolding.find(c) == std::string_view::npos;
                   }).out;
  finish();
  add_unfolded({unfolded_.data(), static_cast<std::size_t>(end - unfolded_.begin())}, hash);
  finish();
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
