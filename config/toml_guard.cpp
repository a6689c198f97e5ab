#include "config/toml_guard.hpp"

#include <algorithm>

namespace stirline::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kKeyStarts = "\"'-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

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

// True if a table's name follows the bracket, or two, at the beginning of `header`.
bool has_name(std::string_view header) {
  header.remove_prefix(header.starts_with("[[") ? 2 : 1);
  header.remove_prefix(std::min(header.find_first_not_of(kBlanks), header.size()));
  return !header.empty() && kKeyStarts.contains(header.front());
}

}  // namespace

std::optional<TomlObstacle> find_obstacle(std::string_view text) {
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::uint32_t line = 1;
  bool begins_line = true;
  while (at < text.size()) {
    const char c = text[at];
    std::size_t length = 1;
    if (begins_line && c == '[' && !has_name(text.substr(at))) {
      return TomlObstacle{line, "a table header that does not begin with the name of a table"};
    }
    if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
      return TomlObstacle{line, "a character outside ASCII and outside quotes"};
    }
    if (c == '"' || c == '\'') {
      length = quoted_length(text.substr(at));
    } else if (c == '#') {
      length = std::min(text.find_first_of("\n\v\f\r", at), text.size()) - at;
    }
    begins_line = is_line_break(c) || (begins_line && kBlanks.contains(c));
    line += static_cast<std::uint32_t>(std::ranges::count(text.substr(at, length), '\n'));
    at += length;
  }
  return std::nullopt;
}

}  // namespace stirline::config
