#include "config/policy/content/text_tokens.hpp"

#include <algorithm>
#include <bit>

#include <sodium/crypto_shorthash.h>

namespace stirline::config::policy::content {
namespace {

// Stand for a word in pairs, and in what near copies have in common.
constexpr std::uint64_t kAnyNumber = 0x6E75'6D62'6572'0001;
constexpr std::uint64_t kAnyTelephone = 0x7465'6C65'0000'0003;

constexpr std::size_t kFewestTelephoneDigits = 7;
constexpr std::size_t kMostTelephoneDigits = 15;
constexpr std::size_t kFewestSpaced = 4;  // letters: fewer are initials

// Keys of pairs are keyed already, by those of their words.
std::uint64_t mixed(std::uint64_t first, std::uint64_t second) {
  std::uint64_t both = (first ^ std::rotl(second, 31)) * 0x9E37'79B9'7F4A'7C15;
  both = (both ^ both >> 32) * 0xD6E8'FEB8'6659'FD93;
  return both ^ both >> 32;
}

// One character of valid UTF-8, which has three more octets or comes to its end.
char32_t next_point(std::string_view text, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = octet(at);
  const auto tail = [&](std::size_t i) { return octet(at + i) & 0x3FU; };
  char32_t point = lead;
  std::size_t length = 1;
  if (lead >= 0xF0) {
    point = (lead & 0x07U) << 18U | tail(1) << 12U | tail(2) << 6U | tail(3);
    length = 4;
  } else if (lead >= 0xE0) {
    point = (lead & 0x0FU) << 12U | tail(1) << 6U | tail(2);
    length = 3;
  } else if (lead >= 0x80) {
    point = (lead & 0x1FU) << 6U | tail(1);
    length = 2;
  }
  at += length;
  return point;
}

bool is_small_ascii(char32_t point) {
  return point >= U'a' && point <= U'z';
}
bool is_ascii_digit(char32_t point) {
  return point >= U'0' && point <= U'9';
}

bool ends_url(char32_t point) {
  constexpr std::u32string_view kEnds = U"<>\"'()[]{}|\\^`";
  return point <= U' ' || point >= 0x7F || kEnds.find(point) != std::u32string_view::npos;
}
bool trails_url(char32_t point) {
  constexpr std::u32string_view kTrails = U".,;:!?";
  return kTrails.find(point) != std::u32string_view::npos;
}
bool parts_digits(char32_t point) {
  constexpr std::u32string_view kParts = U" -./()";
  return kParts.find(point) != std::u32string_view::npos;
}

// The letter that a digit is written for.
char32_t letter_for(char32_t digit) {
  constexpr std::u32string_view kLetters = U"oizeasgtbg";
  return kLetters[digit - U'0'];
}

}  // namespace

TextTokens::TextTokens() : folding_(TextFolding::instance()) {}

void TextTokens::read(std::string_view text, const KeySecret& secret) {
  for (std::size_t kind = 0; kind < kTokenKinds; ++kind) {
    secrets_[kind] = secret;
    secrets_[kind][0] ^= static_cast<std::uint8_t>(0x80U + kind);  // other keys than those of rules
  }
  letters_ = 0;
  token_count_ = 0;
  index_.fill(0);
  planes_.fill(0);
  features_ = 0;
  words_ = 0;
  last_shape_ = 0;
  spaced_count_ = 0;
  is_cut_ = text.size() > kMaxTextOctets;
  fold(text.substr(0, kMaxTextOctets));
  for (std::size_t at = 0; at < letters_;) {
    switch (kinds_[at]) {
      case Letter::letter:
      case Letter::digit:
        if (const std::size_t end = read_url(at); end != at) {
          at = end;
        } else {
          at = kinds_[at] == Letter::digit ? read_number(at) : read_word(at);
        }
        break;
      case Letter::pair:
        at = read_grams(at, Letter::pair, 2);
        break;
      case Letter::triple:
        at = read_grams(at, Letter::triple, 3);
        break;
      case Letter::symbol: {
        const Range where{at, at + 1};
        const std::uint64_t key = key_of(TokenKind::symbol, {&points_[at], 1});
        emit(key, TokenKind::symbol, where);
        follow(key, where);
        ++at;
        break;
      }
      case Letter::separator:
      case Letter::joiner:
        ++at;
        break;
    }
  }
  end_spaced();
}

void TextTokens::fold(std::string_view text) {
  for (std::size_t at = 0; at < text.size() && letters_ < kMaxLetters;) {
    const char32_t point = next_point(text, at);
    folding_.fold(point, [this](const FoldedLetter& letter) { push(letter); });
    is_cut_ = is_cut_ || (letters_ == kMaxLetters && at < text.size());
  }
}

// An apostrophe between letters was nothing.
void TextTokens::push(const FoldedLetter& letter) {
  if (letters_ == kMaxLetters) {
    is_cut_ = true;
    return;
  }
  if (letter.kind == Letter::letter && letters_ >= 2 && kinds_[letters_ - 1] == Letter::joiner &&
      kinds_[letters_ - 2] == Letter::letter) {
    --letters_;
  }
  points_[letters_] = letter.point;
  kinds_[letters_] = letter.kind;
  scripts_[letters_] = letter.script;
  ++letters_;
}

std::uint64_t TextTokens::key_of(TokenKind kind, std::span<const char32_t> points) const {
  std::array<unsigned char, sizeof(std::uint64_t)> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(points.data()), points.size_bytes(),
                   secrets_[static_cast<std::size_t>(kind)].data());
  return std::bit_cast<std::uint64_t>(hash);
}

void TextTokens::emit(std::uint64_t key, TokenKind kind, Range where) {
  for (std::size_t place = key % kIndex;; place = (place + 1) % kIndex) {
    if (index_[place] == 0) {
      if (token_count_ == kMaxTokens) {
        is_cut_ = true;
        return;
      }
      tokens_[token_count_++] = {.key = key,
                                 .begin = static_cast<std::uint16_t>(where.begin),
                                 .length = static_cast<std::uint16_t>(where.end - where.begin),
                                 .kind = kind};
      index_[place] = static_cast<std::uint16_t>(token_count_);
      return;
    }
    if (tokens_[index_[place] - 1U].key == key) {
      return;
    }
  }
}

void TextTokens::follow(std::uint64_t shape, Range where) {
  ++words_;
  count(shape);
  if (last_shape_ != 0) {
    const std::uint64_t pair = mixed(last_shape_, shape);
    count(pair);
    emit(pair, TokenKind::pair, {last_word_.begin, where.end});
  }
  last_shape_ = shape;
  last_word_ = where;
}

// A count of each bit, for all 64 at once: plane i has bit i of the counts.
void TextTokens::count(std::uint64_t feature) {
  if (features_ + 1 >= 1U << kPlanes) {
    return;
  }
  ++features_;
  std::uint64_t carry = feature;
  for (std::size_t i = 0; carry != 0; ++i) {
    const std::uint64_t next = planes_[i] & carry;
    planes_[i] ^= carry;
    carry = next;
  }
}

Likeness TextTokens::likeness() const {
  Likeness likeness{.bits = 0, .words = words_};
  for (unsigned bit = 0; bit < 64; ++bit) {
    std::uint32_t ones = 0;
    for (std::size_t i = 0; i < kPlanes; ++i) {
      ones |= static_cast<std::uint32_t>(planes_[i] >> bit & 1U) << i;
    }
    likeness.bits |= std::uint64_t{2 * ones > features_} << bit;
  }
  return likeness;
}

bool TextTokens::is_plain(std::size_t at) const {
  return at < letters_ && (is_small_ascii(points_[at]) || is_ascii_digit(points_[at]));
}

// http:// and https://, or what looks like a host: labels with points between, the last one of letters.
std::size_t TextTokens::read_url(std::size_t at) {
  if (!is_plain(at)) {
    return at;
  }
  std::size_t begin = at;
  bool is_named = false;
  for (const std::u32string_view scheme : {std::u32string_view(U"https://"), std::u32string_view(U"http://")}) {
    if (letters_ - at > scheme.size() && std::u32string_view(&points_[at], scheme.size()) == scheme) {
      begin = at + scheme.size();
      is_named = true;
      break;
    }
  }
  const std::size_t most = std::min(letters_, begin + kMaxUrl);
  // What stands before an @ is no host: a name made to look like one.
  if (is_named) {
    for (std::size_t i = begin; i < most && !ends_url(points_[i]) && points_[i] != U'/'; ++i) {
      begin = points_[i] == U'@' ? i + 1 : begin;
    }
  }
  std::size_t host_end = begin;
  std::size_t label = begin;  // where the last one begins
  std::size_t points = 0;
  while (host_end < most &&
         (is_plain(host_end) || points_[host_end] == U'-' || (points_[host_end] == U'.' && is_plain(host_end + 1)))) {
    if (points_[host_end] == U'.') {
      ++points;
      label = host_end + 1;
    }
    ++host_end;
  }
  const bool is_top = host_end - label >= 2 && std::all_of(&points_[label], &points_[host_end], is_small_ascii);
  if (host_end == begin || (!is_named && (points == 0 || !is_top))) {
    return at;
  }
  std::size_t end = host_end;
  if (end < most && (points_[end] == U'/' || points_[end] == U':' || points_[end] == U'?')) {
    while (end < most && !ends_url(points_[end])) {
      ++end;
    }
    while (end > host_end && trails_url(points_[end - 1])) {
      --end;
    }
  }
  take_url({begin, host_end}, end);
  return end;
}

void TextTokens::take_url(Range host, std::size_t end) {
  end_spaced();
  constexpr std::u32string_view kWeb = U"www.";
  if (host.end - host.begin > kWeb.size() && std::u32string_view(&points_[host.begin], kWeb.size()) == kWeb) {
    host.begin += kWeb.size();
  }
  const auto text = [this](Range where) {
    return std::span<const char32_t>(&points_[where.begin], where.end - where.begin);
  };
  std::size_t path = host.end;
  while (path < end && points_[path] != U'?' && points_[path] != U'#') {
    ++path;
  }
  if (path > host.end && points_[path - 1] == U'/') {
    --path;
  }
  if (path > host.end) {
    emit(key_of(TokenKind::url, text({host.begin, path})), TokenKind::url, {host.begin, path});
  }
  const std::uint64_t host_key = key_of(TokenKind::host, text(host));
  emit(host_key, TokenKind::host, host);
  // The last two labels, or three where the second last is short, as in co.uk.
  std::array<std::size_t, 3> starts{};
  std::size_t labels = 0;
  for (std::size_t i = host.end; i > host.begin && labels < starts.size(); --i) {
    if (i - 1 == host.begin || points_[i - 2] == U'.') {
      starts[labels++] = i - 1;
    }
  }
  const bool is_short = labels == 3 && starts[0] - starts[1] <= 4;
  const std::size_t begin = labels < 2 ? host.begin : starts[is_short ? 2 : 1];
  if (begin > host.begin) {
    emit(key_of(TokenKind::host, text({begin, host.end})), TokenKind::host, {begin, host.end});
  }
  follow(host_key, {host.begin, end});
}

std::size_t TextTokens::read_word(std::size_t at) {
  std::size_t end = at;
  while (end < letters_ && (kinds_[end] == Letter::letter || kinds_[end] == Letter::digit)) {
    ++end;
  }
  take_word({at, end});
  return end;
}

void TextTokens::take_word(Range word) {
  const std::size_t length = std::min(word.end - word.begin, kMaxWord);
  if (length == 1) {
    space_out(word);
  } else {
    end_spaced();
  }
  const std::uint64_t key = key_of(TokenKind::word, {&points_[word.begin], length});
  if (length > 1) {
    emit(key, TokenKind::word, word);
  }
  follow(key, word);
  unsigned scripts = 0;
  bool has_digits = false;
  for (std::size_t i = word.begin; i < word.begin + length; ++i) {
    scripts |= 1U << static_cast<unsigned>(scripts_[i]);
    has_digits = has_digits || kinds_[i] == Letter::digit;
  }
  constexpr unsigned kLetters = 1U << static_cast<unsigned>(Script::latin) |
                                1U << static_cast<unsigned>(Script::greek) |
                                1U << static_cast<unsigned>(Script::cyrillic);
  const bool is_mixed = std::popcount(scripts & kLetters) > 1;
  if (is_mixed || (has_digits && length > 2)) {
    take_disguised(word, is_mixed);
  }
}

// As it is meant to be read: look-alikes as Latin letters, digits as the letters they stand for.
void TextTokens::take_disguised(Range word, bool is_mixed) {
  std::array<char32_t, kMaxWord> plain;
  const std::size_t length = std::min(word.end - word.begin, kMaxWord);
  for (std::size_t i = 0; i < length; ++i) {
    const char32_t point = points_[word.begin + i];
    const char32_t like = is_mixed ? folding_.latin_like(point) : char32_t{0};
    plain[i] = like != 0 ? like : is_ascii_digit(point) ? letter_for(point) : point;
  }
  emit(key_of(TokenKind::word, {plain.data(), length}), TokenKind::word, word);
  if (is_mixed) {
    emit(key_of(TokenKind::disguise, {}), TokenKind::disguise, word);
  }
}

// A telephone number may be parted by blanks, points and brackets; of any other number what counts is its length.
std::size_t TextTokens::read_number(std::size_t at) {
  std::array<char32_t, kMostTelephoneDigits> digits;
  std::size_t count = 0;
  std::size_t first_end = at;
  std::size_t end = at;
  for (std::size_t i = at; i < letters_ && count < kMostTelephoneDigits;) {
    if (kinds_[i] == Letter::digit) {
      digits[count++] = points_[i++];
      end = i;
    } else if (parts_digits(points_[i]) && i - end < 2) {
      first_end = first_end == at ? end : first_end;
      ++i;
    } else {
      break;
    }
  }
  first_end = first_end == at ? end : first_end;
  if (end < letters_ && kinds_[end] == Letter::letter) {
    return read_word(at);  // "4u", "3rd": letters go on
  }
  end_spaced();
  if (count >= kFewestTelephoneDigits) {
    emit(key_of(TokenKind::telephone, {digits.data(), count}), TokenKind::telephone, {at, end});
    follow(kAnyTelephone, {at, end});
    return end;
  }
  const char32_t length = static_cast<char32_t>(first_end - at);
  emit(key_of(TokenKind::number, {&length, 1}), TokenKind::number, {at, first_end});
  follow(kAnyNumber, {at, first_end});
  return first_end;
}

std::size_t TextTokens::read_grams(std::size_t at, Letter kind, std::size_t length) {
  end_spaced();
  std::size_t end = at;
  while (end < letters_ && kinds_[end] == kind) {
    ++end;
  }
  const std::size_t each = std::min(length, end - at);
  for (std::size_t begin = at; begin + each <= end; ++begin) {
    const std::uint64_t key = key_of(TokenKind::gram, {&points_[begin], each});
    emit(key, TokenKind::gram, {begin, begin + each});
    ++words_;
    count(key);
  }
  last_shape_ = 0;
  return end;
}

void TextTokens::space_out(Range word) {
  if (spaced_count_ != 0 && word.begin - spaced_range_.end > 1) {
    end_spaced();
  }
  if (spaced_count_ == kMaxWord) {
    return;
  }
  if (spaced_count_ == 0) {
    spaced_range_.begin = word.begin;
  }
  spaced_range_.end = word.end;
  spaced_[spaced_count_++] = points_[word.begin];
}

void TextTokens::end_spaced() {
  if (spaced_count_ >= kFewestSpaced) {
    emit(key_of(TokenKind::word, {spaced_.data(), spaced_count_}), TokenKind::word, spaced_range_);
  }
  spaced_count_ = 0;
}

std::string TextTokens::text_of(const Token& token) const {
  BoundedText text;
  text.clear();
  for (std::size_t i = token.begin; i < std::size_t{token.begin} + token.length; ++i) {
    text.add_point(points_[i]);
  }
  return std::string(text.view());
}

}  // namespace stirline::config::policy::content
