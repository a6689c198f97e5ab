// Verdicts on chains that need not be reached again (STIR-CE-13): as long as chain, regime, anchors, revocation lists
// and referenced TNAuthLists are the same, and no certificate or list has begun or ended, no signature is verified
// anew.
//
// Bounded: what has not been asked for the longest goes first. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "crypto_workers/certificate/chain.hpp"

namespace stirline::control {

class ChainCache {
 public:
  // Keeps `least` verdicts at least, and at most twice as many.
  explicit ChainCache(std::size_t least = 16'384) : least_(least) {}

  // What `trust.validate(chain, at, scopes)` says. Lives until the next call.
  [[nodiscard]] const crypto::ChainVerdict& validate(const crypto::ChainValidator& trust, std::uint16_t regime,
                                                     std::string_view chain, std::int64_t at,
                                                     const crypto::ReferencedScopes& scopes);

  [[nodiscard]] std::uint64_t validations() const { return validations_; }  // with signatures
  [[nodiscard]] std::uint64_t hits() const { return hits_; }                // without
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  // SHA-256 over the delivered chain, regime and epochs.
  using Key = std::array<std::uint8_t, 32>;
  struct Hash {
    std::size_t operator()(const Key& key) const {
      std::size_t value = 0;
      std::memcpy(&value, key.data(), sizeof(value));
      return value;
    }
  };
  using Verdicts = std::unordered_map<Key, crypto::ChainVerdict, Hash>;

  const crypto::ChainVerdict& keep(const Key& key, crypto::ChainVerdict verdict);

  std::size_t least_;
  Verdicts young_;
  Verdicts old_;
  std::uint64_t validations_ = 0;
  std::uint64_t hits_ = 0;
};

}  // namespace stirline::control
