// A fixed-size buffer for secrets that wipes itself: private scalars, nonces, MAC keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <openssl/crypto.h>

namespace stirline::crypto {

template <std::size_t N>
class SecretBytes {
 public:
  SecretBytes() = default;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.wipe();
    }
    return *this;
  }
  ~SecretBytes() { wipe(); }

  void wipe() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  [[nodiscard]] std::uint8_t* data() { return bytes_.data(); }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }
  [[nodiscard]] static constexpr std::size_t size() { return N; }
  [[nodiscard]] std::span<std::uint8_t, N> span() { return bytes_; }
  [[nodiscard]] std::span<const std::uint8_t, N> span() const { return bytes_; }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace stirline::crypto
