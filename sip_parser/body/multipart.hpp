// The lines that take a multipart body apart (RFC 2046 5.1.1). Internal: body_parts.hpp reads whole bodies.
//
//   [ preamble CRLF ] "--" boundary padding CRLF part *( CRLF "--" boundary padding CRLF part )
//   CRLF "--" boundary "--" padding [ CRLF epilogue ]
//
// A delimiter line begins where a line begins, and holds nothing but the boundary and blanks behind it. What some
// readers take for a delimiter and others do not is refused (BodyErrorCode::ambiguous_delimiter): the parts would
// depend on who reads them.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "sip_parser/body/body_error.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip::detail {

// Walks the parts of one multipart body, once over every octet.
class MultipartCursor {
 public:
  // `body` lies inside `octets`; `boundary` is what boundary_of() gave.
  MultipartCursor(std::string_view octets, Span body, std::string_view boundary)
      : octets_(octets.substr(0, body.end())), boundary_(boundary), begin_(body.offset), at_(body.offset) {}

  // The next part, its header lines and its content, without the CRLF that belongs to the delimiter behind it; false
  // behind the last. Errors: no_delimiter, no_close_delimiter, ambiguous_delimiter, part_without_end (a delimiter right
  // behind a delimiter).
  [[nodiscard]] std::expected<bool, BodyError> next(Span& part);

  // Of the part that next() gave last: from the first '-' of the delimiter in front of it to that of the one behind it.
  // Without these octets the body is the same, less this part.
  [[nodiscard]] Span cut() const { return cut_; }

 private:
  struct Delimiter {
    std::size_t begin = 0;  // of its first '-'
    std::size_t next = 0;   // behind its line
    bool close = false;
    bool found = false;
  };

  [[nodiscard]] std::expected<Delimiter, BodyError> find();
  [[nodiscard]] std::expected<Delimiter, BodyError> judge(std::size_t begin) const;
  [[nodiscard]] bool is_dash_boundary(std::size_t at) const;

  std::string_view octets_;
  std::string_view boundary_;
  std::size_t begin_;
  std::size_t at_;
  std::size_t delimiter_ = 0;  // the one in front of at_
  Span cut_;
  bool opened_ = false;
  bool closed_ = false;
};

}  // namespace stirline::sip::detail
