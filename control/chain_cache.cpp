#include "control/chain_cache.hpp"

#include <string>
#include <utility>

#include "crypto_workers/certificate/epoch_digest.hpp"

namespace stirline::control {

namespace {

std::string_view text_of(const std::array<std::uint8_t, 32>& octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

const crypto::ChainVerdict& ChainCache::validate(const crypto::ChainValidator& trust, std::uint16_t regime,
                                                 std::string_view chain, std::int64_t at,
                                                 const crypto::ReferencedScopes& scopes) {
  crypto::EpochDigest digest;
  digest.add(chain);
  digest.add(std::to_string(regime));
  digest.add(text_of(trust.trust_epoch()));
  digest.add(text_of(trust.crl_epoch()));
  digest.add(text_of(scopes.epoch()));
  const Key& key = digest.value();
  for (Verdicts* verdicts : {&young_, &old_}) {
    const auto found = verdicts->find(key);
    if (found == verdicts->end()) {
      continue;
    }
    if (found->second.steady_from > at || at > found->second.steady_until) {
      verdicts->erase(found);
      break;
    }
    ++hits_;
    if (verdicts == &young_) {
      return found->second;
    }
    crypto::ChainVerdict verdict = std::move(found->second);
    verdicts->erase(found);
    return keep(key, std::move(verdict));
  }
  ++validations_;
  return keep(key, trust.validate(chain, at, scopes));
}

const crypto::ChainVerdict& ChainCache::keep(const Key& key, crypto::ChainVerdict verdict) {
  if (young_.size() >= least_) {
    old_ = std::exchange(young_, {});
  }
  return young_.insert_or_assign(key, std::move(verdict)).first->second;
}

}  // namespace stirline::control
