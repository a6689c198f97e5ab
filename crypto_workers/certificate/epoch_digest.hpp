// SHA-256 over a growing list of texts: each added one gives another value, and so does another order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <openssl/sha.h>

namespace stirline::crypto {

class EpochDigest {
 public:
  using Value = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

  // The value becomes SHA-256(value || SHA-256(text)).
  void add(std::string_view text) {
    std::array<std::uint8_t, 2 * SHA256_DIGEST_LENGTH> both{};
    std::ranges::copy(value_, both.begin());
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), both.data() + value_.size());
    SHA256(both.data(), both.size(), value_.data());
  }

  [[nodiscard]] const Value& value() const { return value_; }

 private:
  Value value_{};
};

}  // namespace stirline::crypto
