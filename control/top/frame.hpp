// One picture of `stirline top`: lines of text in tones, and how it is written: plain, to a terminal, or as SVG. Pure
// functions; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::control::top {

enum class Tone : std::uint8_t { plain, faint, strong, accent, good, warn, bad };

struct Span {
  std::string text;  // UTF-8, printable, each character one column wide
  Tone tone = Tone::plain;
};

struct Line {
  std::vector<Span> spans;

  Line& add(std::string_view text, Tone tone = Tone::plain);
  // Blanks up to that column; at least one, if anything stands there already.
  Line& to_column(std::size_t column);
  [[nodiscard]] std::size_t width() const;
  // Cuts what stands behind that many columns.
  void cut(std::size_t columns);
};
using Frame = std::vector<Line>;

struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

[[nodiscard]] std::size_t columns_of(std::string_view text);

[[nodiscard]] std::string to_plain(const Frame& frame);  // without blanks at the ends of lines
// From the upper left corner on, each line cleared behind its end and the screen below the last.
[[nodiscard]] std::string to_terminal(const Frame& frame);
[[nodiscard]] std::string to_svg(const Frame& frame, Size size);

// Eighths of a block for each value, the largest of them, or 1, is the full height; the last `columns` values.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t columns);
// A bar of that many columns, of which `share` (0 to 1) is full.
[[nodiscard]] std::string bar(double share, std::size_t columns);

}  // namespace stirline::control::top
