// Writes octets past the caches: for what is written with every call and read with few (copies). Otherwise each of its
// lines would be fetched from memory to be overwritten, and push out what the next call needs.
//
// The writing thread reads what it wrote as always; another one would need a fence (_mm_sfence).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <emmintrin.h>

namespace stirline::dataplane {

struct alignas(64) CacheLine {
  std::array<char, 64> octets;
};
static_assert(sizeof(CacheLine) == 64);

class UncachedWriter {
 public:
  // Whole lines are written from `to` on; the caller knows how many there are.
  explicit UncachedWriter(CacheLine* to) : to_(to) {}

  void add(std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t taken = std::min(octets.size(), sizeof(CacheLine) - filled_);
      std::ranges::copy(octets.substr(0, taken), line_.octets.begin() + static_cast<std::ptrdiff_t>(filled_));
      octets.remove_prefix(taken);
      filled_ += taken;
      if (filled_ == sizeof(CacheLine)) {
        write();
      }
    }
  }

  // The rest of the last line holds whatever was there.
  void finish() {
    if (filled_ != 0) {
      write();
    }
  }

 private:
  void write() {
    const auto* from = reinterpret_cast<const __m128i*>(line_.octets.data());
    auto* to = reinterpret_cast<__m128i*>(to_->octets.data());
    for (std::size_t piece = 0; piece < sizeof(CacheLine) / sizeof(__m128i); ++piece) {
      _mm_stream_si128(to + piece, _mm_load_si128(from + piece));
    }
    ++to_;
    filled_ = 0;
  }

  CacheLine line_{};
  CacheLine* to_;
  std::size_t filled_ = 0;
};

}  // namespace stirline::dataplane
