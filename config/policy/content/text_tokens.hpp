// What a text says, as 64-bit keys: words and pairs of words, pairs of ideographs and kana, triples of Thai and its
// like, URLs and their hosts, telephone numbers; and the 64 bits by which near copies of it are found (SPIT-CL-01).
//
// Keys are SipHash-2-4 under a secret that travels with the trained table: nobody outside can choose words that fall
// together, and no text can be read from what is kept. Words are folded first (text_folding.hpp); a word in which
// scripts are mixed, digits stand for letters, or letters are spaced out is told as what it is meant to look like, too.
//
// One thread at a time. Some 130 kB of scratch memory: made once, no heap. Work is linear in the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/policy/content/bounded_text.hpp"
#include "config/policy/content/text_folding.hpp"
#include "config/policy/identity_key.hpp"

namespace stirline::config::policy::content {

enum class TokenKind : std::uint8_t {
  word,
  pair,       // of words, one behind the other
  gram,       // of a script without blanks
  symbol,     // a currency, a picture
  number,     // by how many digits it has: its value says nothing about the next message
  telephone,  // by its digits
  url,        // without scheme, query and fragment
  host,       // of a URL, whole, and the domain that somebody has registered
  disguise,   // a word of several scripts
};
inline constexpr std::size_t kTokenKinds = static_cast<std::size_t>(TokenKind::disguise) + 1;

struct Token {
  std::uint64_t key = 0;
  std::uint16_t begin = 0;  // in the folded text: for people who want to see it
  std::uint16_t length = 0;
  TokenKind kind = TokenKind::word;
};

// What copies of a template have in common: numbers count as any number, URLs as their host.
struct Likeness {
  std::uint64_t bits = 0;
  std::uint32_t words = 0;  // it is made of; of few words it says little
};

class TextTokens {
 public:
  static constexpr std::size_t kMaxTokens = 4'096;  // different ones of one text

  TextTokens();

  // `text` is UTF-8; of more than kMaxTextOctets the first are read.
  void read(std::string_view text, const KeySecret& secret);

  [[nodiscard]] std::span<const Token> tokens() const { return {tokens_.data(), token_count_}; }  // each once
  [[nodiscard]] Likeness likeness() const;
  [[nodiscard]] bool is_cut() const { return is_cut_; }  // there was more than finds room

  // A token as it was read, folded, in UTF-8. With heap: for people.
  [[nodiscard]] std::string text_of(const Token& token) const;

 private:
  static constexpr std::size_t kMaxLetters = kMaxTextOctets;
  static constexpr std::size_t kMaxWord = 40;  // letters of a word that count
  static constexpr std::size_t kMaxUrl = 512;
  static constexpr std::size_t kIndex = 2 * kMaxTokens;
  static constexpr std::size_t kPlanes = 14;  // bits of a count of words and pairs

  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void fold(std::string_view text);
  void push(const FoldedLetter& letter);
  [[nodiscard]] std::uint64_t key_of(TokenKind kind, std::span<const char32_t> points) const;
  void emit(std::uint64_t key, TokenKind kind, Range where);
  // A word, or what stands for one, in the row of words; `shape` is its key in pairs.
  void follow(std::uint64_t shape, Range where);
  void count(std::uint64_t feature);

  [[nodiscard]] bool is_plain(std::size_t at) const;   // a to z, 0 to 9
  [[nodiscard]] std::size_t read_url(std::size_t at);  // its end; `at`: none begins here
  void take_url(Range host, std::size_t end);
  [[nodiscard]] std::size_t read_word(std::size_t at);
  void take_word(Range word);
  void take_disguised(Range word, bool is_mixed);
  [[nodiscard]] std::size_t read_number(std::size_t at);
  [[nodiscard]] std::size_t read_grams(std::size_t at, Letter kind, std::size_t length);
  void space_out(Range word);
  void end_spaced();

  const TextFolding& folding_;
  std::array<KeySecret, kTokenKinds> secrets_{};
  std::array<char32_t, kMaxLetters> points_;
  std::array<Letter, kMaxLetters> kinds_;
  std::array<Script, kMaxLetters> scripts_;
  std::size_t letters_ = 0;
  std::array<Token, kMaxTokens> tokens_;
  std::size_t token_count_ = 0;
  std::array<std::uint16_t, kIndex> index_;  // 1 + place in tokens_; 0: free
  std::array<std::uint64_t, kPlanes> planes_;
  std::uint32_t features_ = 0;
  std::uint32_t words_ = 0;
  std::uint64_t last_shape_ = 0;
  Range last_word_;
  std::array<char32_t, kMaxWord> spaced_;  // single letters, one behind the other
  std::size_t spaced_count_ = 0;
  Range spaced_range_;
  bool is_cut_ = false;
};

}  // namespace stirline::config::policy::content
