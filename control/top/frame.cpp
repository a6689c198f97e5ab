#include "control/top/frame.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace stirline::control::top {

namespace {

constexpr std::array<std::string_view, 9> kHeights{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

struct Look {
  std::string_view escape;  // SGR
  std::string_view colour;  // in the SVG
};

Look look(Tone tone) {
  switch (tone) {
    case Tone::faint:
      return {"\x1b[2m", "#8a8f98"};
    case Tone::strong:
      return {"\x1b[1m", "#ffffff"};
    case Tone::accent:
      return {"\x1b[36m", "#56c7d9"};
    case Tone::good:
      return {"\x1b[32m", "#6cc070"};
    case Tone::warn:
      return {"\x1b[33m", "#e5b454"};
    case Tone::bad:
      return {"\x1b[1;31m", "#f0716b"};
    case Tone::plain:
      break;
  }
  return {"", "#d5d9e0"};
}

bool continues(char octet) {
  return (static_cast<unsigned char>(octet) & 0xc0U) == 0x80U;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return out;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

Line& Line::add(std::string_view text, Tone tone) {
  spans.push_back({std::string(text), tone});
  return *this;
}

Line& Line::to_column(std::size_t column) {
  const std::size_t here = width();
  const std::size_t gap = column > here ? column - here : here == 0 ? 0 : 1;
  return add(std::string(gap, ' '));
}

std::size_t Line::width() const {
  std::size_t columns = 0;
  for (const Span& span : spans) {
    columns += columns_of(span.text);
  }
  return columns;
}

void Line::cut(std::size_t columns) {
  for (Span& span : spans) {
    std::size_t end = 0;
    while (end < span.text.size() && (columns > 0 || continues(span.text[end]))) {
      columns -= continues(span.text[end]) ? 0U : 1U;
      ++end;
    }
    span.text.resize(end);
  }
}

std::string to_plain(const Frame& frame) {
  std::string out;
  for (const Line& line : frame) {
    std::string text;
    for (const Span& span : line.spans) {
      text += span.text;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

std::string to_terminal(const Frame& frame) {
  std::string out = "\x1b[H";
  for (std::size_t i = 0; i < frame.size(); ++i) {
    out += i == 0 ? "" : "\r\n";
    for (const Span& span : frame[i].spans) {
      const std::string_view escape = look(span.tone).escape;
      out += escape;
      out += span.text;
      out += escape.empty() ? "" : "\x1b[0m";
    }
    out += "\x1b[K";
  }
  return out + "\x1b[J";
}

std::string to_svg(const Frame& frame, Size size) {
  constexpr double kColumn = 8.4;
  constexpr std::size_t kRow = 18;
  constexpr std::size_t kMargin = 14;
  const double width = static_cast<double>(size.columns) * kColumn + 2 * kMargin;
  const std::size_t height = frame.size() * kRow + 2 * kMargin;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1}\" viewBox=\"0 0 {0:.0f} {1}\">\n"
      "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#14171c\"/>\n"
      "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\">\n",
      width, height);
  for (std::size_t row = 0; row < frame.size(); ++row) {
    std::size_t column = 0;
    for (const Span& span : frame[row].spans) {
      const std::size_t columns = columns_of(span.text);
      if (span.text.find_first_not_of(' ') != std::string::npos) {
        // Each span has its place and length: fonts that draw blocks wider must not shift what follows.
        out += fmt::format(
            "<text xml:space=\"preserve\" x=\"{:.1f}\" y=\"{}\" textLength=\"{:.1f}\" "
            "lengthAdjust=\"spacingAndGlyphs\" "
            "fill=\"{}\"{}>{}</text>\n",
            static_cast<double>(column) * kColumn + kMargin, kMargin + kRow * row + 13,
            static_cast<double>(columns) * kColumn, look(span.tone).colour,
            span.tone == Tone::strong || span.tone == Tone::bad ? " font-weight=\"bold\"" : "", escaped(span.text));
      }
      column += columns;
    }
  }
  return out + "</g>\n</svg>\n";
}

std::string sparkline(const std::vector<double>& values, std::size_t columns) {
  const std::size_t shown = std::min(values.size(), columns);
  std::string out;
  for (std::size_t i = shown; i < columns; ++i) {
    out += kHeights[0];
  }
  double most = 1;
  for (std::size_t i = values.size() - shown; i < values.size(); ++i) {
    most = std::max(most, values[i]);
  }
  for (std::size_t i = values.size() - shown; i < values.size(); ++i) {
    const double eighths = std::ceil(std::clamp(values[i] / most, 0.0, 1.0) * 8);
    out += kHeights[std::max<std::size_t>(static_cast<std::size_t>(eighths), 1)];
  }
  return out;
}

std::string bar(double share, std::size_t columns) {
  const double full = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns);
  const auto whole = static_cast<std::size_t>(std::lround(full));
  std::string out;
  for (std::size_t i = 0; i < columns; ++i) {
    out += i < whole ? "█" : "░";
  }
  return out;
}

}  // namespace stirline::control::top
