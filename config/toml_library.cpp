#include "config/toml_library.hpp"

#include <algorithm>
#include <vector>

namespace stirline::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_line_break(char c) {
  return c >= '\n' && c <= '\r';
}

// How far `text`, which begins with a quote, is quoted. Without an end it reaches to the end of the line, or of all.
std::size_t quoted_length(std::string_view text) {
  const char quote = text.front();
  const bool has_escapes = quote == '"';
  const bool many_lines = text.size() >= 3 && text[1] == quote && text[2] == quote;
  for (std::size_t i = many_lines ? 3 : 1; i < text.size(); ++i) {
    if (has_escapes && text[i] == '\\') {
      ++i;
    } else if (!many_lines && (text[i] == quote || is_line_break(text[i]))) {
      return text[i] == quote ? i + 1 : i;
    } else if (many_lines && text[i] == quote && text.substr(i + 1, 2) == std::string_view{text.data(), 2}) {
      // Up to two more quotes belong to the text that ends here.
      const std::size_t end = std::min(text.find_first_not_of(quote, i), text.size());
      return std::min(end, i + 5);
    }
  }
  return text.size();
}

bool gives_up(std::string_view text) {
  try {
    static_cast<void>(parse_toml(text));
  } catch (const TomlGaveUp&) {
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> find_foreign_character(std::string_view text) {
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::uint32_t line = 1;
  while (at < text.size()) {
    const char c = text[at];
    if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
      return line;
    }
    std::size_t length = 1;
    if (c == '"' || c == '\'') {
      length = quoted_length(text.substr(at));
    } else if (c == '#') {
      length = std::min(text.find_first_of("\n\v\f\r", at), text.size()) - at;
    }
    line += static_cast<std::uint32_t>(std::ranges::count(text.substr(at, length), '\n'));
    at += length;
  }
  return std::nullopt;
}

toml::table parse_toml(std::string_view text) {
  return toml::parse(text);
}

std::uint32_t find_impossible_line(std::string_view text) {
  std::vector<std::size_t> ends;  // of lines
  for (std::size_t at = 0; at < text.size();) {
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
    ends.push_back(at);
  }
  // The parser reads from the beginning: it gives up on the lines up to the bad one, and never on fewer.
  const auto bad = std::ranges::partition_point(ends, [&](std::size_t end) { return !gives_up(text.substr(0, end)); });
  return static_cast<std::uint32_t>(bad - ends.begin()) + 1;
}

}  // namespace stirline::config
