// Room behind a head for its last window.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sip_parser/kernel/octets.hpp"

namespace stirline::sip::detail {

// A head with less than a window of octets behind it, and room for that.
template <typename Block>
class HeadCopy {
 public:
  static constexpr std::size_t kMost = 8192;

  // Copies the whole message, of at most kMost octets.
  [[gnu::always_inline]] const char* of(std::string_view octets) {
    std::size_t at = 0;
    for (; at + kWindow <= octets.size(); at += kWindow) {
      Block::whole(octets.data() + at).store(octets_.data() + at);
    }
    Block::front(octets.data() + at, octets.size() - at).store(octets_.data() + at);
    return octets_.data();
  }

 private:
  alignas(kWindow) std::array<char, kMost + 2 * kWindow> octets_;
};

}  // namespace stirline::sip::detail
