#include "config/policy/content/text_folding.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

namespace stirline::config::policy::content {
namespace {

// Both are parts of ICU's own data: without them the library is not the one that we were linked with.
const icu::Normalizer2& normalizer(const icu::Normalizer2* (*instance)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const found = instance(error);
  if (U_FAILURE(error) != 0) {
    std::abort();
  }
  return *found;
}

UScriptCode script_of(UChar32 point) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(point, &error);
  return U_FAILURE(error) != 0 ? USCRIPT_UNKNOWN : script;
}

// Marks that change no letter into another: accents of Latin, Greek and Cyrillic, voice marks of kana, vowels of Arabic
// and Hebrew, which are written or not as one likes, and the stroke that makes Arabic words longer.
bool is_left_out(UChar32 point) {
  constexpr UChar32 kTatweel = 0x640;
  if (point == kTatweel) {
    return true;
  }
  if (u_charType(point) != U_NON_SPACING_MARK) {
    return false;
  }
  const UScriptCode script = script_of(point);
  return script == USCRIPT_INHERITED || script == USCRIPT_ARABIC || script == USCRIPT_HEBREW ||
         script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC || point == 0x3099 ||
         point == 0x309A;
}

bool is_hangul_syllable(UChar32 point) {
  return point >= 0xAC00 && point <= 0xD7A3;
}

Script group_of(UScriptCode script) {
  switch (script) {
    case USCRIPT_LATIN:
      return Script::latin;
    case USCRIPT_GREEK:
      return Script::greek;
    case USCRIPT_CYRILLIC:
      return Script::cyrillic;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_UNKNOWN:
      return Script::none;
    default:
      return Script::other;
  }
}

Letter letter_kind(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
      return Letter::pair;
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
    case USCRIPT_TIBETAN:
      return Letter::triple;
    default:
      return Letter::letter;
  }
}

FoldedLetter letter_of(UChar32 point) {
  const auto as_is = static_cast<char32_t>(point);
  if (point == '\'' || point == 0x2019) {
    return {as_is, Letter::joiner, Script::none};
  }
  if (const std::int32_t value = u_charDigitValue(point); value >= 0) {
    return {U'0' + static_cast<char32_t>(value), Letter::digit, Script::none};
  }
  constexpr std::uint32_t kLetters = U_GC_L_MASK | U_GC_M_MASK | U_GC_NL_MASK | U_GC_NO_MASK;
  const std::uint32_t category = U_GET_GC_MASK(point);
  const UScriptCode script = script_of(point);
  if ((category & kLetters) != 0) {
    // The long vowel mark and its like belong to both kana.
    const bool is_kana = point >= 0x3031 && point <= 0x30FF;
    return {as_is, is_kana ? Letter::pair : letter_kind(script), group_of(script)};
  }
  if ((category & (U_GC_SC_MASK | U_GC_SO_MASK)) != 0) {
    return {as_is, Letter::symbol, Script::none};
  }
  return {as_is, Letter::separator, Script::none};
}

}  // namespace

const TextFolding& TextFolding::instance() {
  static const TextFolding folding;
  return folding;
}

TextFolding::TextFolding() {
  folded_.push_back({});
  std::map<std::vector<Entry>, std::uint16_t> known;
  for (char32_t first = 0; first < kEnd; first += kPage) {
    std::vector<Entry> page;
    page.reserve(kPage);
    for (char32_t point = first; point < first + kPage; ++point) {
      page.push_back(read(point));
    }
    const auto [place, is_new] = known.try_emplace(page, static_cast<std::uint16_t>(known.size()));
    if (is_new) {
      entries_.insert(entries_.end(), page.begin(), page.end());
    }
    pages_[first / kPage] = place->second;
  }
  read_looks();
}

TextFolding::Entry TextFolding::read(char32_t point) {
  const auto code = static_cast<UChar32>(point);
  if (point >= 0xD800 && point <= 0xDFFF) {
    return {.at = 0, .count = 1};
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString plain =
      normalizer(icu::Normalizer2::getNFKCCasefoldInstance).normalize(icu::UnicodeString(code), error);
  icu::UnicodeString parted;
  for (std::int32_t i = 0; i < plain.length(); i = plain.moveIndex32(i, 1)) {
    const UChar32 part = plain.char32At(i);
    icu::UnicodeString marks;
    if (!is_hangul_syllable(part) && normalizer(icu::Normalizer2::getNFDInstance).getDecomposition(part, marks) != 0) {
      parted += marks;
    } else {
      parted += part;
    }
  }
  std::vector<FoldedLetter> letters;
  for (std::int32_t i = 0; i < parted.length(); i = parted.moveIndex32(i, 1)) {
    if (const UChar32 part = parted.char32At(i); !is_left_out(part)) {
      letters.push_back(letter_of(part));
    }
  }
  if (U_FAILURE(error) != 0) {
    std::abort();  // out of memory, at the start
  }
  if (letters.size() == 1 && letters.front().point == point) {
    return {.at = 0, .count = 1, .kind = letters.front().kind, .script = letters.front().script};
  }
  const Entry entry{.at = static_cast<std::uint16_t>(letters.empty() ? 0 : folded_.size()),
                    .count = static_cast<std::uint8_t>(letters.size())};
  folded_.insert(folded_.end(), letters.begin(), letters.end());
  return entry;
}

// Of capitals too, which look like Latin ones where their small forms do not: they are folded here already, so both
// count, the small form first.
void TextFolding::read_looks() {
  UErrorCode error = U_ZERO_ERROR;
  USpoofChecker* const checker = uspoof_open(&error);
  const auto skeleton = [&](UChar32 point) -> char32_t {
    icu::UnicodeString small;
    uspoof_getSkeletonUnicodeString(checker, 0, icu::UnicodeString(point), small, &error);
    small.foldCase();
    return small.countChar32() == 1 ? static_cast<char32_t>(small.char32At(0)) : char32_t{0};
  };
  const auto is_plain = [](char32_t point) { return (point >= U'a' && point <= U'z'); };
  for (char32_t point = 0x370; point < kLooksEnd; ++point) {
    const auto code = static_cast<UChar32>(point);
    for (const UChar32 form : {code, u_toupper(code)}) {
      const char32_t like = skeleton(form);
      if (looks_[point] == 0 && is_plain(like)) {
        looks_[point] = like;
      }
    }
  }
  uspoof_close(checker);
  if (U_FAILURE(error) != 0) {
    std::abort();
  }
}

}  // namespace stirline::config::policy::content
