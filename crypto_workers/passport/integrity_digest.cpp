#include "crypto_workers/passport/integrity_digest.hpp"

#include <algorithm>

namespace stirline::crypto {
namespace {

struct AlgorithmFacts {
  std::string_view prefix;
  std::size_t octets;
};
// In the order of IntegrityDigest::algorithms_.
constexpr std::array<AlgorithmFacts, 3> kAlgorithmFacts = {{
    {"sha256-", 32},
    {"sha384-", 48},
    {"sha512-", 64},
}};

// Of `octets` octets in base64, without padding.
constexpr std::size_t bare_length(std::size_t octets) {
  return (octets * 4 + 2) / 3;
}

constexpr std::size_t padded_length(std::size_t octets) {
  return (octets + 2) / 3 * 4;
}

constexpr bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

std::optional<std::size_t> algorithm_of(std::string_view claimed) {
  const auto found = std::ranges::find_if(
      kAlgorithmFacts, [&](const AlgorithmFacts& facts) { return claimed.starts_with(facts.prefix); });
  if (found == kAlgorithmFacts.end()) {
    return std::nullopt;
  }
  const std::string_view digest = claimed.substr(found->prefix.size());
  const std::size_t bare = bare_length(found->octets);
  const bool good = (digest.size() == bare || digest.size() == padded_length(found->octets)) &&
                    std::ranges::all_of(digest.substr(0, bare), is_base64) &&
                    std::ranges::all_of(digest.substr(bare), [](char c) { return c == '='; });
  return good ? std::optional(static_cast<std::size_t>(found - kAlgorithmFacts.begin())) : std::nullopt;
}

}  // namespace

std::string_view IntegrityDigest::text_of(std::size_t algorithm, std::span<const std::uint8_t> octets) {
  const AlgorithmFacts& facts = kAlgorithmFacts[algorithm];
  std::array<std::uint8_t, 64> digest{};
  if (!algorithms_[algorithm].make(octets, std::span(digest).first(facts.octets))) {
    return {};
  }
  char* const at = std::ranges::copy(facts.prefix, text_.begin()).out;
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(at), digest.data(), static_cast<int>(facts.octets));
  return {text_.data(), facts.prefix.size() + static_cast<std::size_t>(length)};
}

DigestMatch IntegrityDigest::compare(std::string_view claimed, std::span<const std::uint8_t> octets) {
  const auto algorithm = algorithm_of(claimed);
  if (!algorithm) {
    return DigestMatch::malformed;
  }
  const std::string_view right = text_of(*algorithm, octets);
  const std::size_t bare = kAlgorithmFacts[*algorithm].prefix.size() + bare_length(kAlgorithmFacts[*algorithm].octets);
  return !right.empty() && claimed.substr(0, bare) == right.substr(0, bare) ? DigestMatch::equal
                                                                            : DigestMatch::different;
}

bool IntegrityDigest::well_formed(std::string_view claimed) {
  return algorithm_of(claimed).has_value();
}

std::optional<std::size_t> IntegrityDigest::write_sha256(std::span<const std::uint8_t> octets,
                                                         std::span<char, kMaxIntegrityDigestBytes> out) {
  const std::string_view text = text_of(0, octets);
  if (text.empty()) {
    return std::nullopt;
  }
  std::ranges::copy(text, out.begin());
  return text.size();
}

}  // namespace stirline::crypto
