// 64 octets in one register. Only for the translation unit built for it (README.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {

// All masks have one bit an octet, the first octet lowest.
class Avx512Block {
 public:
  // `at` has 64 octets.
  [[gnu::always_inline]] static Avx512Block whole(const char* at) { return Avx512Block(_mm512_loadu_si512(at)); }

  // The `count` octets (below 64) at `at` and zeros behind them; nothing behind them is read.
  [[gnu::always_inline]] static Avx512Block front(const char* at, std::size_t count) {
    return Avx512Block(_mm512_maskz_loadu_epi8(_bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(count)), at));
  }

  // `at` has room for 64 octets.
  [[gnu::always_inline]] void store(char* at) const { _mm512_storeu_si512(at, octets_); }

  // `octet` is ASCII.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(char octet) const {
    return in_general_register(_mm512_cmpeq_epi8_mask(octets_, repeated(octet)));
  }
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(const Avx512Block& other) const {
    return in_general_register(_mm512_cmpeq_epi8_mask(octets_, other.octets_));
  }

  // Which octets belong to which classes: one look-up for all. Only for ASCII.
  class Classes {
   public:
    [[gnu::always_inline]] [[nodiscard]] std::uint64_t outside(OctetClass unwanted) const {
      return in_general_register(_mm512_testn_epi8_mask(bits_, bit_of(unwanted)));
    }

   private:
    friend class Avx512Block;
    [[gnu::always_inline]] static __m512i bit_of(OctetClass octet_class) {
      const auto bit = static_cast<char>(1U << static_cast<unsigned>(octet_class));
      return octet_class == OctetClass::bracketed ? _mm512_set1_epi8(bit) : repeated(bit);
    }
    [[gnu::always_inline]] explicit Classes(__m512i bits) : bits_(bits) {}
    __m512i bits_;
  };
  [[gnu::always_inline]] [[nodiscard]] Classes classes() const {
    return Classes(_mm512_permutex2var_epi8(_mm512_load_si512(kClassBits.data()), octets_,
                                            _mm512_load_si512(kClassBits.data() + kHalf)));
  }

  // Octets beyond ASCII, and control characters where none should be, of one window or several.
  class Strays {
   public:
    [[gnu::always_inline]] Strays() : tops_(_mm512_setzero_si512()) {}
    [[gnu::always_inline]] void add(const Avx512Block& block) {
      const __m512i found = _mm512_permutex2var_epi8(_mm512_load_si512(kStrayBits.data()), block.octets_,
                                                     _mm512_load_si512(kStrayBits.data() + kHalf));
      constexpr int kOr = 0xFE;
      tops_ = _mm512_ternarylogic_epi64(tops_, found, block.octets_, kOr);
    }
    [[gnu::always_inline]] [[nodiscard]] std::uint64_t mask() const {
      return in_general_register(_mm512_movepi8_mask(tops_));
    }

   private:
    __m512i tops_;
  };

  // True if the first 32 octets are those of `pattern`, as far as it cares.
  [[gnu::always_inline]] [[nodiscard]] bool matches(const HeaderPattern& pattern) const {
    const __m256i letters = _mm256_load_si256(address(pattern.letters.data()));
    const __m256i care = _mm256_load_si256(address(pattern.care.data()));
    const __m256i octets = _mm512_maskz_extracti64x4_epi64(0xF, octets_, 0);
    return _mm256_testz_si256(_mm256_xor_si256(octets, letters), care) != 0;
  }

  // Which of 32 numbers differ.
  [[gnu::always_inline]] [[nodiscard]] static std::uint32_t differing(const std::uint16_t* a, const std::uint16_t* b) {
    return _mm512_cmpneq_epi16_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
  }

  // Writes where the first 32 bits of `mask` stand, plus `base`; at `out` is room for as many.
  [[gnu::always_inline]] static void put_positions(std::uint64_t mask, std::size_t base, std::uint16_t* out) {
    const __m512i octets = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(kPlaces.data()));
    const __m512i places = _mm512_cvtepu8_epi16(_mm512_maskz_extracti64x4_epi64(0xF, octets, 0));
    _mm512_storeu_si512(out, _mm512_add_epi16(places, _mm512_set1_epi16(static_cast<std::int16_t>(base))));
  }

  // The first eight octets, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t word() const { return static_cast<std::uint64_t>(octets_[0]); }

 private:
  static constexpr std::size_t kHalf = 64;  // of a table with 128 entries

  alignas(64) static constexpr std::array<std::uint8_t, 64> kPlaces = [] {
    std::array<std::uint8_t, 64> places{};
    for (std::size_t i = 0; i < places.size(); ++i) {
      places[i] = static_cast<std::uint8_t>(i);
    }
    return places;
  }();

  [[gnu::always_inline]] explicit Avx512Block(__m512i octets) : octets_(octets) {}

  // Compilers like to go on in mask registers, where arithmetic is slow and from where the way back is long.
  [[gnu::always_inline]] static std::uint64_t in_general_register(std::uint64_t mask) {
    asm("" : "+r"(mask));
    return mask;
  }

  [[gnu::always_inline]] static __m512i repeated(char octet) {
    return _mm512_load_si512(kRepeated[static_cast<unsigned char>(octet)].octets.data());
  }

  [[gnu::always_inline]] static const __m256i* address(const void* at) { return static_cast<const __m256i*>(at); }

  __m512i octets_;
};

}  // namespace stirline::sip::detail
