// Short messages of eight languages, made by chance out of sentences with gaps, of each of which is known whether it is
// spam. The same seed makes the same messages. Ham speaks of money, parcels and prizes, too.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::test {

enum class Language : std::uint8_t { english, german, spanish, french, russian, arabic, chinese, japanese };
inline constexpr std::size_t kLanguages = 8;
[[nodiscard]] std::string_view to_string(Language language);

struct LabelledText {
  std::string text;
  Language language = Language::english;
  bool is_spam = false;
  bool is_disguised = false;  // spam whose words are hidden from filters
};

// How a set is made: for training a fifth of the sentences is kept back, so that tests meet what was never seen.
enum class Purpose : std::uint8_t { training, testing };

class LabelledTexts {
 public:
  explicit LabelledTexts(std::uint64_t seed) : dice_(seed) {}

  [[nodiscard]] LabelledText make(Language language, bool is_spam, Purpose purpose);
  // As many of each language, half of them spam.
  [[nodiscard]] std::vector<LabelledText> make_set(std::size_t of_each, Purpose purpose);
  // Of about so many octets: several messages, one behind the other.
  [[nodiscard]] std::string make_long(Language language, bool is_spam, std::size_t octets);

 private:
  [[nodiscard]] std::size_t throw_dice(std::size_t sides);
  [[nodiscard]] std::string sentence(Language language, bool is_spam, Purpose purpose);
  [[nodiscard]] std::string filled(std::string_view text, Language language, bool is_spam);
  [[nodiscard]] std::string gap(std::string_view name, Language language, bool is_spam);
  [[nodiscard]] std::string disguised(const std::string& text);

  std::mt19937_64 dice_;
};

}  // namespace stirline::test
