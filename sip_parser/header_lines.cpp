#include "sip_parser/header_lines.hpp"

#include <algorithm>

#include "sip_parser/header_line_reader.hpp"

namespace stirline::sip::detail {
namespace {

struct AllFields {
  std::span<HeaderLine, kMaxHeaderLines> lines;

  [[nodiscard]] HeaderLine& open(std::size_t index) const { return lines[index]; }
  [[nodiscard]] static ParseError close(std::string_view, const HeaderLine&) { return {}; }
};

}  // namespace

ParseError split_header_lines(std::string_view octets, std::size_t begin, const Strictness& strictness,
                              std::span<HeaderLine, kMaxHeaderLines> lines, HeaderBlock& block) {
  const std::size_t limit = std::min(octets.size(), kMaxHeaderBlockBytes);
  AllFields fields{lines};
  HeaderLineReader<AllFields> reader(begin);
  const ParseError error = reader.read(octets, limit, strictness, fields);
  if (error.code == ErrorCode::no_blank_line && limit < octets.size()) {
    return {ErrorCode::header_block, static_cast<std::uint16_t>(limit), HeaderId::unknown};
  }
  if (error.code == ErrorCode::ok) {
    block = {reader.count(), reader.blank_line(), reader.body()};
  }
  return error;
}

}  // namespace stirline::sip::detail
