// The claim mky: the keys that the media of a call will use (RFC 8225 5.2.2, RFC 8224 4.1; STIR-AS-07, STIR-PT-05,
// -06).
//
// Made of the fingerprints of a request, or of the claim of a token; either way in its one form: hash functions in
// lower case, digests in upper case hexadecimal without colons, each once, sorted by alg and dig. No heap; about 3 kB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto_workers/passport/text_writer.hpp"
#include "sip_parser/body/sdp.hpp"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace stirline::crypto {

class MediaKeyClaim {
 public:
  static constexpr std::size_t kMaxKeys = sip::kMaxFingerprints;
  static constexpr std::size_t kMaxHashBytes = 32;
  static constexpr std::size_t kMaxDigestBytes = 2 * sip::kMaxFingerprintOctets;

  // False if the name of a hash function is too long to be one; nothing is left then.
  [[nodiscard]] bool assign(std::string_view octets, std::span<const sip::Fingerprint> fingerprints);

  // False if `claim` is not a non-empty array of {"alg":...,"dig":...} with strings that a fingerprint could have
  // given, or of more than kMaxKeys; nothing is left then.
  [[nodiscard]] bool assign(const simdjson::dom::element& claim);

  [[nodiscard]] bool empty() const { return count_ == 0; }

  // [{"alg":"sha-256","dig":"4AADB9..."},...]
  void write(TextWriter& json) const;

  // The same keys, in whatever order and however often they were given.
  friend bool operator==(const MediaKeyClaim& a, const MediaKeyClaim& b);

 private:
  struct Key {
    std::array<char, kMaxHashBytes + kMaxDigestBytes> text;  // hash function, then digest
    std::uint8_t hash_length;
    std::uint8_t length;

    [[nodiscard]] std::string_view hash() const { return {text.data(), hash_length}; }
    [[nodiscard]] std::string_view digest() const { return whole().substr(hash_length); }
    [[nodiscard]] std::string_view whole() const { return {text.data(), length}; }
  };

  [[nodiscard]] bool add(std::string_view hash, std::string_view digest, bool colons);
  void sort();

  std::size_t count_ = 0;
  std::array<Key, kMaxKeys> keys_;
};

}  // namespace stirline::crypto
