#include "crypto_workers/p256/scalar/table_lookup.hpp"

#include <tmmintrin.h>

#include "crypto_workers/p256/always_inline.hpp"

namespace stirline::crypto::scalar {
namespace {

constexpr std::size_t kOctets = sizeof(TableEntry);
constexpr std::size_t kGroups = kSignEntries / kAtOnce;

// Rows of sixteen octets become columns: four rounds of interleaving, each of row i with row i + 8.
STIRLINE_INLINE void transpose(__m128i (&row)[kAtOnce]) {
  for (int round = 0; round != 4; ++round) {
    __m128i next[kAtOnce];
    for (std::size_t i = 0; i != kAtOnce / 2; ++i) {
      next[2 * i] = _mm_unpacklo_epi8(row[i], row[i + kAtOnce / 2]);
      next[2 * i + 1] = _mm_unpackhi_epi8(row[i], row[i + kAtOnce / 2]);
    }
    for (std::size_t i = 0; i != kAtOnce; ++i) {
      row[i] = next[i];
    }
  }
}

const __m128i* vectors(const void* begin) {
  return static_cast<const __m128i*>(begin);
}

}  // namespace

void cut_sign_table(const TableEntry* entries, SignTable& table) {
  for (std::size_t i = 0; i < kSignWindows * kSignEntries; ++i) {
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(&entries[i]);
    for (std::size_t o = 0; o < kOctets; ++o) {
      table.window[i / kSignEntries].octet[o][i % kSignEntries] = octets[o];
    }
  }
}

[[gnu::target("ssse3")]]
void look_up_by_shuffles(const SignWindow& window, const std::uint8_t (&entry)[kAtOnce], TableEntry (&found)[kAtOnce]) {
  // Bits 4..6 of an index become zero in its own group only; in the others bit 7 becomes set, for which a shuffle gives
  // zero.
  __m128i index[kGroups];
  const __m128i entries = _mm_loadu_si128(vectors(entry));
  for (std::size_t group = 0; group != kGroups; ++group) {
    const __m128i own = _mm_set1_epi8(static_cast<char>(group << 4));
    index[group] = _mm_adds_epu8(_mm_xor_si128(entries, own), _mm_set1_epi8(0x70));
  }
  for (std::size_t quarter = 0; quarter != kOctets / kAtOnce; ++quarter) {
    __m128i row[kAtOnce];
    for (std::size_t i = 0; i != kAtOnce; ++i) {
      const __m128i* const octets = vectors(window.octet[quarter * kAtOnce + i]);
      __m128i picked = _mm_shuffle_epi8(octets[0], index[0]);
      for (std::size_t group = 1; group != kGroups; ++group) {
        picked = _mm_or_si128(picked, _mm_shuffle_epi8(octets[group], index[group]));
      }
      row[i] = picked;
    }
    transpose(row);
    for (std::size_t i = 0; i != kAtOnce; ++i) {
      _mm_store_si128(reinterpret_cast<__m128i*>(&found[i]) + quarter, row[i]);
    }
  }
}

void look_up_by_masks(const SignWindow& window, const std::uint8_t (&entry)[kAtOnce], TableEntry (&found)[kAtOnce]) {
  for (std::size_t i = 0; i != kAtOnce; ++i) {
    std::uint8_t mask[kSignEntries];
    for (std::size_t e = 0; e != kSignEntries; ++e) {
      const auto difference = static_cast<unsigned>(e ^ entry[i]);
      mask[e] = static_cast<std::uint8_t>((difference - 1) >> 8);  // all ones if there is none
    }
    auto* const octets = reinterpret_cast<std::uint8_t*>(&found[i]);
    for (std::size_t o = 0; o != kOctets; ++o) {
      std::uint8_t picked = 0;
      for (std::size_t e = 0; e != kSignEntries; ++e) {
        picked = static_cast<std::uint8_t>(picked | (window.octet[o][e] & mask[e]));
      }
      octets[o] = picked;
    }
  }
}

}  // namespace stirline::crypto::scalar
