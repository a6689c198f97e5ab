// Octets as text that people can read and edit, and back, without loss.
//
// A line stands for its characters and CRLF. `\` at the end of a line: no CRLF here. `\\`, `\r`, `\n`, `\t`, `\xHH`:
// one octet. `\{c*N}`: the character c, or one of these escapes, N times.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stirline::golden {

// Throws std::invalid_argument, saying what is wrong.
[[nodiscard]] std::string octets_of_text(const std::vector<std::string>& lines);
[[nodiscard]] std::vector<std::string> text_of_octets(std::string_view octets);
// True if text is the better way to show `octets`, false for hex.
[[nodiscard]] bool readable(std::string_view octets);

// Hex digits in pairs; blanks between pairs are free. Throws std::invalid_argument.
[[nodiscard]] std::string octets_of_hex(std::string_view text);
[[nodiscard]] std::vector<std::string> hex_of_octets(std::string_view octets);  // 32 octets a line
[[nodiscard]] std::string hex(std::string_view octets);                         // without blanks

}  // namespace stirline::golden
