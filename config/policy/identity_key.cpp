#include "config/policy/identity_key.hpp"

#include <bit>
#include <cstddef>

#include <sodium/crypto_shorthash.h>

#include "config/text_rules.hpp"

namespace stirline::config::policy {
namespace {

static_assert(std::tuple_size_v<KeySecret> == crypto_shorthash_KEYBYTES);
static_assert(sizeof(Key) == crypto_shorthash_BYTES);

constexpr Key kIsText = Key{1} << 63;

}  // namespace

Key text_key(const KeySecret& secret, KeyKind kind, std::string_view text) {
  KeySecret of_kind = secret;
  of_kind[0] ^= static_cast<std::uint8_t>(kind);
  std::array<unsigned char, sizeof(Key)> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), of_kind.data());
  return std::bit_cast<Key>(hash) | kIsText;
}

Key identity_key(const KeySecret& secret, std::string_view canonical) {
  if (!is_digits(canonical, 1, kMaxE164Digits)) {
    return text_key(secret, KeyKind::identity, canonical);
  }
  return Key{canonical.size()} << kNumberLengthAt | digits_value(canonical);
}

}  // namespace stirline::config::policy
