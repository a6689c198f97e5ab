// Letters as a reader means them, whatever they were written with (SPIT-CL-01): no case, no accents, no full-width,
// mathematical or circled shapes, nothing that cannot be seen. The rules are those of Unicode (UAX 44
// NFKC_Casefold, UAX 15 NFD, UTS 39 confusables), applied to one character after the other.
//
// They are read from ICU once, into a table of some 300 kB; from then on nothing of ICU is called, so packet cores and
// crypto cores use it without heap or locks. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace stirline::config::policy::content {

// What a folded character is to a filter.
enum class Letter : std::uint8_t {
  separator,  // what ends a word
  letter,     // of a script whose words are parted by blanks; marks that belong to letters too
  digit,      // 0 to 9, in whatever script they were written
  pair,       // ideographs and kana: no blanks, two make a word or so
  triple,     // Thai, Lao, Khmer, Myanmar, Tibetan: no blanks, syllables of several
  symbol,     // currencies and pictures, each a word by itself
  joiner,     // an apostrophe: nothing inside a word, a separator elsewhere
};

// Scripts that are mixed by those who want to hide a word.
enum class Script : std::uint8_t { none, latin, greek, cyrillic, other };

struct FoldedLetter {
  char32_t point = 0;
  Letter kind = Letter::separator;
  Script script = Script::none;
};

class TextFolding {
 public:
  // Made at the first call, some 100 ms: call it before packets do.
  [[nodiscard]] static const TextFolding& instance();

  TextFolding(const TextFolding&) = delete;
  TextFolding& operator=(const TextFolding&) = delete;

  // Calls `take(FoldedLetter)` with what `point` becomes: nothing, one, or at most kMostFolded. Values beyond Unicode
  // and surrogates are separators.
  template <typename Take>
  void fold(char32_t point, Take&& take) const {
    const Entry entry = entry_of(point);
    if (entry.count == 1 && entry.at == 0) {
      take(FoldedLetter{point, entry.kind, entry.script});
      return;
    }
    for (const FoldedLetter& letter : std::span(folded_).subspan(entry.at, entry.count)) {
      take(letter);
    }
  }

  // The Latin letter, folded, that a Greek or Cyrillic one looks like, or digit like; 0: none. Of folded letters.
  [[nodiscard]] char32_t latin_like(char32_t point) const {
    return point < looks_.size() ? looks_[point] : char32_t{0};
  }

  static constexpr std::size_t kMostFolded = 18;  // Unicode's own limit for NFKC

 private:
  // count 1 with `at` 0: it is itself. folded_[0] belongs to nobody.
  struct Entry {
    std::uint16_t at = 0;
    std::uint8_t count = 0;
    Letter kind = Letter::separator;
    Script script = Script::none;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  static constexpr std::size_t kPage = 256;
  static constexpr char32_t kEnd = 0x3'0000;  // behind it only tags and planes of private use
  static constexpr char32_t kLooksEnd = 0x530;

  TextFolding();
  [[nodiscard]] Entry read(char32_t point);
  void read_looks();

  [[nodiscard]] Entry entry_of(char32_t point) const {
    if (point >= kEnd) {
      return point - 0xE'0000U < 0x1000 ? Entry{} : Entry{.at = 0, .count = 1};  // tags and selectors vanish
    }
    return entries_[std::size_t{pages_[point / kPage]} * kPage + point % kPage];
  }

  std::array<std::uint16_t, kEnd / kPage> pages_{};
  std::vector<Entry> entries_;
  std::vector<FoldedLetter> folded_;
  std::array<char32_t, kLooksEnd> looks_{};
};

}  // namespace stirline::config::policy::content
