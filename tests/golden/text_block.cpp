#include "tests/golden/text_block.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace stirline::golden {
namespace {

constexpr std::size_t kShortestRun = 64;  // shorter runs are easier to read as they are
constexpr std::size_t kLargestRun = 100'000;
constexpr std::string_view kDigits = "0123456789abcdef";

unsigned digit(char c) {
  const std::size_t value = kDigits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  if (value == std::string_view::npos) {
    throw std::invalid_argument(std::string("not a hex digit: ") + c);
  }
  return static_cast<unsigned>(value);
}

char octet(std::string_view two) {
  if (two.size() != 2) {
    throw std::invalid_argument("two hex digits make an octet");
  }
  return static_cast<char>(digit(two[0]) << 4 | digit(two[1]));
}

// Takes one character or escape, but for `\{`, from the front of `text`.
char take_character(std::string_view& text) {
  if (text.empty()) {
    throw std::invalid_argument("a character is missing");
  }
  const char c = text[0];
  text.remove_prefix(1);
  if (c != '\\') {
    return c;
  }
  const char kind = text.empty() ? '\0' : text[0];
  text.remove_prefix(std::min<std::size_t>(text.size(), 1));
  switch (kind) {
    case '\\':
      return '\\';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'x': {
      const char value = octet(text.substr(0, 2));
      text.remove_prefix(2);
      return value;
    }
    default:
      throw std::invalid_argument(
          "unknown escape; there are \\\\ \\r \\n \\t \\xHH \\{c*N} and \\ at the end of a line");
  }
}

// `text` stands behind `\{`.
std::string take_run(std::string_view& text) {
  const char c = take_character(text);
  const std::size_t end = text.find('}');
  if (text.empty() || text[0] != '*' || end == std::string_view::npos) {
    throw std::invalid_argument("a run is written \\{c*N}");
  }
  const std::size_t count = std::stoul(std::string(text.substr(1, end - 1)));
  if (count > kLargestRun) {
    throw std::invalid_argument("a run of more than 100,000 characters");
  }
  text.remove_prefix(end + 1);
  return std::string(count, c);
}

std::string escaped(char c) {
  const auto value = static_cast<unsigned char>(c);
  switch (c) {
    case '\\':
      return "\\\\";
    case '\r':
      return "\\r";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (value >= 0x20 && value < 0x7F) {
    return {c};
  }
  return {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

std::string escaped_line(std::string_view octets) {
  std::string line;
  while (!octets.empty()) {
    const std::size_t run = std::min(octets.find_first_not_of(octets[0]), octets.size());
    if (run >= kShortestRun) {
      line += "\\{" + escaped(octets[0]) + "*" + std::to_string(run) + "}";
      octets.remove_prefix(run);
    } else {
      line += escaped(octets[0]);
      octets.remove_prefix(1);
    }
  }
  return line;
}

}  // namespace

std::string octets_of_text(const std::vector<std::string>& lines) {
  std::string octets;
  for (std::string_view line : lines) {
    bool ends = true;
    while (!line.empty()) {
      if (line == "\\") {
        ends = false;
        break;
      }
      if (line.starts_with("\\{")) {
        line.remove_prefix(2);
        octets += take_run(line);
      } else {
        octets += take_character(line);
      }
    }
    octets += ends ? "\r\n" : "";
  }
  return octets;
}

std::vector<std::string> text_of_octets(std::string_view octets) {
  std::vector<std::string> lines;
  while (!octets.empty()) {
    const std::size_t end = octets.find("\r\n");
    if (end == std::string_view::npos) {
      lines.push_back(escaped_line(octets) + "\\");
      break;
    }
    lines.push_back(escaped_line(octets.substr(0, end)));
    octets.remove_prefix(end + 2);
  }
  return lines;
}

bool readable(std::string_view octets) {
  const auto strange = std::ranges::count_if(octets, [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value >= 0x7F || (value < 0x20 && c != '\r' && c != '\n' && c != '\t');
  });
  return static_cast<std::size_t>(strange) * 8 <= octets.size();
}

std::string octets_of_hex(std::string_view text) {
  std::string octets;
  while (!text.empty()) {
    if (std::isspace(static_cast<unsigned char>(text[0])) != 0) {
      text.remove_prefix(1);
    } else {
      octets += octet(text.substr(0, 2));
      text.remove_prefix(2);
    }
  }
  return octets;
}

std::vector<std::string> hex_of_octets(std::string_view octets) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < octets.size(); at += 32) {
    std::string line;
    for (const char c : octets.substr(at, 32)) {
      line += (line.empty() ? "" : " ") + hex({&c, 1});
    }
    lines.push_back(line);
  }
  return lines;
}

std::string hex(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const auto value = static_cast<unsigned char>(c);
    text += kDigits[value >> 4];
    text += kDigits[value & 15];
  }
  return text;
}

}  // namespace stirline::golden
