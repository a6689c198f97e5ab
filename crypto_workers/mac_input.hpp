// What a MAC of OpenSSL is made of, gathered: a call into the library for each piece would cost more than the sum.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <openssl/evp.h>

namespace stirline::crypto {

// For one MAC, whose context was initialised. All false: the library has failed.
class MacInput {
 public:
  explicit MacInput(EVP_MAC_CTX* context) : context_(context) {}

  // The length in front keeps "ab" + "c" apart from "a" + "bc".
  [[nodiscard]] bool add(std::string_view text) {
    return add(static_cast<std::uint32_t>(text.size())) && add_octets(text);
  }
  [[nodiscard]] bool add_octets(std::string_view text) {
    while (text.size() > gathered_.size() - used_) {
      const std::size_t piece = gathered_.size() - used_;
      put(text.substr(0, piece));
      text.remove_prefix(piece);
      if (!flush()) {
        return false;
      }
    }
    put(text);
    return true;
  }
  [[nodiscard]] bool add(std::uint32_t number) {
    if (gathered_.size() - used_ < sizeof number && !flush()) {
      return false;
    }
    for (std::size_t i = 0; i < sizeof number; ++i) {
      gathered_[used_++] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return true;
  }
  // What is left: before the MAC is taken.
  [[nodiscard]] bool flush() { return EVP_MAC_update(context_, gathered_.data(), std::exchange(used_, 0)) == 1; }

 private:
  void put(std::string_view piece) {
    std::ranges::copy(piece, gathered_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += piece.size();
  }

  EVP_MAC_CTX* context_;
  std::array<std::uint8_t, 256> gathered_;
  std::size_t used_ = 0;
};

}  // namespace stirline::crypto
