// The table of trained corpora, octet for octet. Internal to config/policy/content.
//
// The image has no records: lines are to begin at a cache line. Its pool is
//
//   ContentHead
//   CorpusRow  corpora, by name
//   TokenLine  lines[lines]   those of the first corpus, those of the second ...
//   TrunkRow   trunks, by key
//
// Of a token a slot keeps the upper 48 bits of its key, and below them the share of spam; 0: free. Its home is one of
// the lines of its corpus: which one grows with the key. A token that finds no room at home lies in the next line that
// has some, at most kMostSteps on, behind the last line the first; lines fill from the front. So a search ends at the
// first line that has a free slot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/policy/content/content_table.hpp"

namespace stirline::config::policy::content::layout {

struct ContentHead {
  KeySecret secret{};
  std::uint64_t corpora = 0;
  std::uint64_t lines = 0;
  std::uint64_t tokens = 0;
  std::uint64_t trunks = 0;
  std::uint32_t fewest_trained = 0;
  std::uint32_t bulk_from = 0;
  std::uint32_t bulk_points = 0;
  std::uint32_t url_points = 0;
  std::uint32_t half_life = 0;
  std::array<std::uint32_t, 7> reserved{};
};
static_assert(sizeof(ContentHead) == 96);  // with the image's header two cache lines

struct CorpusRow {
  std::array<char, kMaxCorpusName> name{};  // filled up with zeros
  std::uint64_t first_line = 0;
  std::uint64_t lines = 0;  // at least one
  std::uint32_t spam = 0;   // texts it was trained with
  std::uint32_t ham = 0;
  std::uint64_t reserved = 0;

  [[nodiscard]] std::string_view text() const {
    const std::string_view whole(name.data(), name.size());
    return whole.substr(0, whole.find('\0'));
  }
};
static_assert(sizeof(CorpusRow) == 64);

inline constexpr std::size_t kLineSlots = 8;
struct alignas(64) TokenLine {
  std::array<std::uint64_t, kLineSlots> slots{};
};
static_assert(sizeof(TokenLine) == 64);

// Whose messages are judged, and by which corpus.
struct TrunkRow {
  std::uint64_t key = 0;  // trunk_key() of its name
  std::uint64_t corpus = 0;
};
static_assert(sizeof(TrunkRow) == 16);

[[nodiscard]] inline Key trunk_key(const KeySecret& secret, std::string_view name) {
  return text_key(secret, KeyKind::trunk, name);
}

inline constexpr std::size_t kMaxTrunks = 4'096;
inline constexpr std::size_t kMostSteps = 16;  // lines from home to where a token lies
inline constexpr std::uint64_t kKeyBits = ~std::uint64_t{0xFFFF};

[[nodiscard]] inline std::size_t home_of(std::uint64_t key, std::size_t lines) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((Wide{key & kKeyBits} * lines) >> 64);
}

[[nodiscard]] inline std::size_t line_behind(std::size_t line, std::size_t lines) {
  return line + 1 < lines ? line + 1 : 0;
}

}  // namespace stirline::config::policy::content::layout
