#include "sip_parser/header_lines.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"
#include "sip_parser/line_scan.hpp"

namespace stirline::sip::detail {
namespace {

ParseError failure(ErrorCode code, std::size_t offset, HeaderId id = HeaderId::unknown) {
  return {code, static_cast<std::uint16_t>(offset), id};
}

// Position of a control character of `value` that is not the second half of a quoted-pair (RFC 3261 25.1 allows any
// there, NUL too), or its end.
std::size_t find_naked_control(std::string_view octets, Span value) {
  bool quoted = false;
  std::size_t at = value.offset;
  for (; at < value.end(); ++at) {
    const char c = octets[at];
    if (is(c, kControl) && !is(c, kBlank)) {
      break;
    }
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\') {
      ++at;
    }
  }
  return std::min<std::size_t>(at, value.end());
}

bool may_be_quoted(HeaderId id) {
  return id == HeaderId::from || id == HeaderId::to || id == HeaderId::contact;
}

class Splitter {
 public:
  Splitter(std::string_view octets, const Strictness& strictness, std::span<HeaderLine, kMaxHeaderLines> lines)
      : octets_(octets), strictness_(strictness), lines_(lines) {}

  ParseError run(std::size_t at, HeaderBlock& block) {
    const std::size_t limit = std::min(octets_.size(), kMaxHeaderBlockBytes);
    for (;;) {
      const LineEnd line = find_line_end(octets_, at, limit, strictness_);
      if (line.error == ErrorCode::no_blank_line && limit < octets_.size()) {
        return failure(ErrorCode::header_block, limit);
      }
      if (line.error != ErrorCode::ok) {
        return failure(line.error, line.content_end);
      }
      if (line.content_end == at) {
        const ParseError last = finish();
        block = {count_, at, line.next};
        return last;
      }
      const bool goes_on = octets_[at] == ' ' || octets_[at] == '\t';
      if (const ParseError error = goes_on ? go_on(at, line) : begin(at, line); error.code != ErrorCode::ok) {
        return error;
      }
      at = line.next;
    }
  }

 private:
  // A new field: HCOLON allows blanks between name and colon (RFC 3261 25.1).
  ParseError begin(std::size_t at, const LineEnd& line) {
    if (const ParseError last = finish(); last.code != ErrorCode::ok) {
      return last;
    }
    if (count_ == kMaxHeaderLines) {
      return failure(ErrorCode::header_count, at);
    }
    const std::size_t name_end = skip(octets_, at, line.content_end, kToken);
    const std::size_t colon = skip(octets_, name_end, line.content_end, kBlank);
    if (colon == line.content_end || octets_[colon] != ':') {
      return misnamed(at, colon, line);
    }
    if (name_end == at) {
      return failure(ErrorCode::header_name, at);
    }
    HeaderLine& header = lines_[count_];
    header.begin = static_cast<std::uint16_t>(at);
    header.name_end = static_cast<std::uint16_t>(name_end);
    header.value_begin = static_cast<std::uint16_t>(colon + 1);
    header.id = header_id(octets_.substr(at, name_end - at));
    go_to(line);
    control_ = line.control;
    folds_ = 0;
    open_ = true;
    return {};
  }

  [[nodiscard]] ParseError misnamed(std::size_t at, std::size_t stop, const LineEnd& line) const {
    if (stop < line.content_end && is(octets_[stop], kControl)) {
      return failure(ErrorCode::control_in_header, stop);
    }
    const bool colon = octets_.substr(at, line.content_end - at).find(':') != std::string_view::npos;
    return failure(colon ? ErrorCode::header_name : ErrorCode::header_no_colon, stop);
  }

  // A continuation line.
  ParseError go_on(std::size_t at, const LineEnd& line) {
    if (!open_) {
      return failure(ErrorCode::header_name, at);
    }
    if (skip(octets_, at, line.content_end, kBlank) == line.content_end) {
      return failure(ErrorCode::header_no_colon, at, lines_[count_].id);
    }
    if (++folds_ > kMaxFoldsPerHeader) {
      return failure(ErrorCode::fold_limit, at, lines_[count_].id);
    }
    go_to(line);
    control_ = control_ || line.control;
    return {};
  }

  // The field ends with `line`, as far as is known.
  void go_to(const LineEnd& line) {
    lines_[count_].value_end = static_cast<std::uint16_t>(line.content_end);
    lines_[count_].end = static_cast<std::uint16_t>(line.next);
  }

  ParseError finish() {
    if (!open_) {
      return {};
    }
    HeaderLine& header = lines_[count_];
    const Span value = trimmed(octets_, header.value_begin, header.value_end);
    header.value_begin = value.offset;
    header.value_end = static_cast<std::uint16_t>(value.end());
    if (control_) {
      const std::size_t naked = may_be_quoted(header.id) ? find_naked_control(octets_, value) : value.offset;
      if (naked < value.end() || !may_be_quoted(header.id)) {
        return failure(ErrorCode::control_in_header, naked, header.id);
      }
    }
    ++count_;
    open_ = false;
    return {};
  }

  std::string_view octets_;
  const Strictness& strictness_;
  std::span<HeaderLine, kMaxHeaderLines> lines_;
  std::size_t count_ = 0;
  // The field that is being read:
  bool open_ = false;
  bool control_ = false;
  std::size_t folds_ = 0;
};

}  // namespace

ParseError split_header_lines(std::string_view octets, std::size_t begin, const Strictness& strictness,
                              std::span<HeaderLine, kMaxHeaderLines> lines, HeaderBlock& block) {
  return Splitter(octets, strictness, lines).run(begin, block);
}

}  // namespace stirline::sip::detail
