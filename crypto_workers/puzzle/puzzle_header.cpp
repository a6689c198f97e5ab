#include "crypto_workers/puzzle/puzzle_header.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/evp.h>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kEncodedOctets = (kPuzzleOctets + 2) / 3 * 4;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

using Encoded = std::array<char, kEncodedOctets + 1>;  // and a zero

Encoded encode(const PuzzleOctets& octets) {
  Encoded text{};
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(), kPuzzleOctets);
  return text;
}

// OpenSSL's reader is content with stray bits: what it would write itself is what is accepted.
std::optional<PuzzleOctets> decode(std::string_view quoted) {
  if (quoted.size() != kEncodedOctets + 2 || quoted.front() != '"' || quoted.back() != '"') {
    return std::nullopt;
  }
  const std::string_view text = quoted.substr(1, kEncodedOctets);
  std::array<unsigned char, kEncodedOctets / 4 * 3> decoded{};
  if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(text.data()), kEncodedOctets) !=
      static_cast<int>(decoded.size())) {
    return std::nullopt;
  }
  PuzzleOctets octets{};
  std::copy_n(decoded.begin(), kPuzzleOctets, octets.begin());
  const Encoded again = encode(octets);
  return text == std::string_view(again.data(), kEncodedOctets) ? std::optional(octets) : std::nullopt;
}

std::optional<std::uint8_t> number(std::string_view text, std::size_t most_digits, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() > most_digits || error != std::errc() || end != text.data() + text.size() || value > most) {
    return std::nullopt;
  }
  return static_cast<std::uint8_t>(value);
}

}  // namespace

std::optional<Puzzle> read_puzzle(std::string_view value) {
  std::optional<std::uint8_t> work;
  std::optional<std::uint8_t> bits;
  std::optional<PuzzleOctets> pre;
  std::optional<PuzzleOctets> image;
  for (bool more = true; more;) {
    const std::size_t end = value.find(';');
    const std::string_view parameter = value.substr(0, end);
    more = end != std::string_view::npos;
    value.remove_prefix(more ? end + 1 : value.size());
    const std::size_t equals = parameter.find('=');
    const std::string_view name = trimmed(parameter.substr(0, equals));
    const std::string_view text = equals == std::string_view::npos ? "" : trimmed(parameter.substr(equals + 1));
    const auto once = [](auto& place, auto read) {
      const bool is_first = !place.has_value();
      place = read;
      return is_first && place.has_value();
    };
    const bool good = name == "work"    ? once(work, number(text, 2, kMaxPuzzleWork))
                      : name == "value" ? once(bits, number(text, 3, kWholeImage))
                      : name == "pre"   ? once(pre, decode(text))
                      : name == "image" ? once(image, decode(text))
                                        : false;
    if (!good) {
      return std::nullopt;
    }
  }
  if (!work || !bits || !pre || !image) {
    return std::nullopt;
  }
  return Puzzle{*work, *pre, *image, *bits};
}

std::string_view write_puzzle(const Puzzle& puzzle, std::span<char, kPuzzleLineBytes> line) {
  TextWriter out(line);
  out.add("Puzzle: work=");
  out.add(unsigned{puzzle.work});
  out.add("; pre=\"");
  out.add(std::string_view(encode(puzzle.pre).data(), kEncodedOctets));
  out.add("\"; image=\"");
  out.add(std::string_view(encode(puzzle.image).data(), kEncodedOctets));
  out.add("\"; value=");
  out.add(unsigned{puzzle.value});
  out.add("\r\n");
  return out.view();
}

}  // namespace stirline::crypto
