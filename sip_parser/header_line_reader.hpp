// From lines to header fields: the one place that knows what a header line may look like, where a field goes on and
// where the block ends (RFC 3261 7.3.1, 25.1; INL-ED-02, INL-ED-03). Internal.
//
// It keeps positions only and goes on where it stopped, between any two octets, looking at each line once more at most:
// a message that is there as a whole and one that comes octet by octet are read by the same code, with the same result.
// So whatever is wrong is told as soon as it is seen, whatever may stand behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/characters.hpp"
#include "sip_parser/header_names.hpp"
#include "sip_parser/line_scan.hpp"
#include "sip_parser/message_parts.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

// `Fields` says where a field is written and what happens to it when it is complete:
//   HeaderLine& open(std::size_t index);                             // the same one until it is closed
//   ParseError close(std::string_view octets, const HeaderLine&);    // code ok, or why to stop
template <typename Fields>
class HeaderLineReader {
 public:
  HeaderLineReader() = default;
  // `begin` is where the first header line begins.
  explicit HeaderLineReader(std::size_t begin) : line_(begin), searched_(begin) {}

  // Reads on. `octets` are those of the call before, and more; `limit` is at most their number and kMaxMessageBytes,
  // and never less than before. Code ok: the block has ended. no_blank_line: it has not, and more octets may end it.
  // Other errors, after which the reader must not be used: header_name, header_no_colon, header_count,
  // control_in_header, bare_lf, bare_cr, fold_limit, and those of Fields::close.
  [[nodiscard]] ParseError read(std::string_view octets, std::size_t limit, const Strictness& strictness,
                                Fields& fields) {
    std::size_t line = line_;  // in registers, as long as lines follow each other
    std::size_t searched = searched_;
    for (;;) {
      if (searched == line && line < limit) {
        if (const ParseError error = begin_line(octets, line, fields); error.code != ErrorCode::ok) {
          return error;
        }
      }
      const LineEnd end = find_line_end(octets, searched, limit, strictness);
      if (end.error == ErrorCode::control_in_header) {
        if (const ParseError error = allow_control(octets, line, end.content_end, fields);
            error.code != ErrorCode::ok) {
          return error;
        }
        searched = end.content_end + 1;
        continue;
      }
      if (end.error != ErrorCode::ok) {
        line_ = line;
        searched_ = end.content_end;
        return failure(end.error, end.content_end);
      }
      if (end.content_end == line) {
        line_ = line;
        body_ = end.next;
        return {};
      }
      if (const ParseError error = end_line(octets, line, end, fields); error.code != ErrorCode::ok) {
        return error;
      }
      line = end.next;
      searched = end.next;
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }      // fields closed
  [[nodiscard]] std::size_t blank_line() const { return line_; }  // once the block has ended: its offset
  [[nodiscard]] std::size_t body() const { return body_; }        // and the offset behind it

 private:
  static ParseError failure(ErrorCode code, std::size_t offset, HeaderId id = HeaderId::unknown) {
    return {code, static_cast<std::uint16_t>(offset), id};
  }

  // RFC 3261 25.1 allows any control character as the second half of a quoted-pair, NUL too.
  static bool may_be_quoted(HeaderId id) {
    return id == HeaderId::from || id == HeaderId::to || id == HeaderId::contact;
  }

  // The three steps of every line are inlined: with calls between them a message takes 4 % longer.
  //
  // By its first octet alone. If this is the CR of a line end that is not all there, it happens once more.
  [[gnu::always_inline]] ParseError begin_line(std::string_view octets, std::size_t line, Fields& fields) {
    const char first = octets[line];
    if (first == ' ' || first == '\t') {
      if (!open_) {
        return failure(ErrorCode::header_name, line);
      }
      return ++folds_ > kMaxFoldsPerHeader ? failure(ErrorCode::fold_limit, line, fields.open(count_).id)
                                           : ParseError{};
    }
    if (open_) {
      HeaderLine& header = fields.open(count_);
      const Span value = trimmed(octets, header.value_begin, header.value_end);
      header.value_begin = value.offset;
      header.value_end = static_cast<std::uint16_t>(value.end());
      header.end = static_cast<std::uint16_t>(line);
      open_ = false;
      ++count_;
      if (const ParseError error = fields.close(octets, header); error.code != ErrorCode::ok) {
        return error;
      }
    }
    const bool one_more = count_ == kMaxHeaderLines && first != '\r' && first != '\n';
    return one_more ? failure(ErrorCode::header_count, line) : ParseError{};
  }

  [[gnu::always_inline]] ParseError end_line(std::string_view octets, std::size_t line, const LineEnd& end,
                                             Fields& fields) {
    const char first = octets[line];
    if (first == ' ' || first == '\t') {
      if (skip(octets, line, end.content_end, kBlank) == end.content_end) {
        return failure(ErrorCode::header_no_colon, line, fields.open(count_).id);
      }
    } else if (!open_) {
      if (const ParseError error = open(octets, line, end.content_end, fields); error.code != ErrorCode::ok) {
        return error;
      }
    }
    fields.open(count_).value_end = static_cast<std::uint16_t>(end.content_end);
    return {};
  }

  // A new field: HCOLON allows blanks between name and colon (RFC 3261 25.1). The line is known up to `stop`.
  [[gnu::always_inline]] ParseError open(std::string_view octets, std::size_t line, std::size_t stop, Fields& fields) {
    const std::size_t name_end = skip(octets, line, stop, kToken);
    const std::size_t colon = skip(octets, name_end, stop, kBlank);
    if (colon == stop || octets[colon] != ':') {
      const bool later = octets.substr(colon, stop - colon).find(':') != std::string_view::npos;
      return failure(later ? ErrorCode::header_name : ErrorCode::header_no_colon, colon);
    }
    if (name_end == line) {
      return failure(ErrorCode::header_name, line);
    }
    HeaderLine& header = fields.open(count_);
    header.begin = static_cast<std::uint16_t>(line);
    header.name_end = static_cast<std::uint16_t>(name_end);
    header.value_begin = static_cast<std::uint16_t>(colon + 1);
    const std::string_view name = octets.substr(line, name_end - line);
    const bool as_it_stands = name_end == colon && octets.size() - line >= kHeaderPatternBytes;
    header.id = as_it_stands ? header_id_before_colon(name.data(), name.size()) : header_id(name);
    quotes_read_ = colon + 1;
    quoted_ = false;
    folds_ = 0;
    open_ = true;
    return {};
  }

  // A control character at `at`, where quoted pairs may stand and one does.
  ParseError allow_control(std::string_view octets, std::size_t line, std::size_t at, Fields& fields) {
    if (!open_ && open(octets, line, at, fields).code != ErrorCode::ok) {
      return failure(ErrorCode::control_in_header, at);
    }
    const HeaderId id = fields.open(count_).id;
    const bool allowed = may_be_quoted(id) && is_second_of_pair(octets, at);
    return allowed ? ParseError{} : failure(ErrorCode::control_in_header, at, id);
  }

  // Goes on from the control character before: however many there are, each octet is looked at once.
  bool is_second_of_pair(std::string_view octets, std::size_t at) {
    for (; quotes_read_ < at; ++quotes_read_) {
      if (octets[quotes_read_] == '"') {
        quoted_ = !quoted_;
      } else if (quoted_ && octets[quotes_read_] == '\\') {
        ++quotes_read_;
      }
    }
    return quotes_read_ > at;
  }

  std::size_t line_ = 0;      // where the line that is being read begins
  std::size_t searched_ = 0;  // its end is not in front of this
  std::size_t body_ = 0;
  std::size_t count_ = 0;
  // The field that is being read, if open_:
  std::size_t folds_ = 0;
  std::size_t quotes_read_ = 0;  // quoted_ tells of what is in front of this
  bool quoted_ = false;
  bool open_ = false;
};

}  // namespace stirline::sip::detail
