// Cuts the octets of a TCP or TLS connection into SIP messages and keep-alives (INL-TCP-01; RFC 3261 7.5, 18.3, 20.14;
// RFC 5626 3.5.1, 4.4.1), one framer for each direction of a connection.
//
// Framing and parsing are the same code: what ends a line, which line is a field and of which name, what a
// Content-Length says are questions that framer and Message::parse() put to the same functions. So a message that
// parse() accepts ends for it where the framer cut it, and nothing can be hidden between the two.
//
// The framer looks at the head only as far as the end of the message depends on it, and so does what it refuses:
//   - the start line: NOT_SIP, or one that begins with a blank (START_LINE);
//   - whatever parse() refuses in lines: BARE_LF, BARE_CR, CONTROL_IN_HEADER, HEADER_NAME, HEADER_NO_COLON,
//     HEADER_COUNT, HEADER_BLOCK, FOLD_LIMIT;
//   - the length: MISSING (Content-Length is mandatory on streams), BAD_CONTENT_LENGTH, CONTENT_LENGTH_CONFLICT, and
//     TOO_LONG where head and body would be more than kMaxMessageBytes.
// Anything else that is wrong with a message (its start line otherwise, a second From, a broken Via ...) leaves no
// doubt about its end. It is handed over, and it is parse() that refuses it: one odd message must not cost a trunk the
// inspection of all calls on that connection.
//
// After a refusal nobody knows where the next message begins, and the framer does not guess: it says the same until it
// is reset. Whether the connection is passed on unread or ended is for its owner to decide.
//
// What comes out depends on the octets alone, never on how they were cut into segments, and a refusal comes with the
// octet that makes it certain. Code, header and offset are then those of parse(), if it has come so far: it reads the
// start line and the Request-URI to the end before anything else. MISSING and TOO_LONG are of streams alone. And what
// is wrong with a Content-Length is told behind its field, where parse(), which reads all lines first, may tell of a
// later one; likewise a control character in the start line, of which parse() may say that it is no SIP.
//
// Memory: less than 200 octets, no heap. The octets belong to the caller, who keeps those of a message together from
// its first octet on; at most kMaxMessageBytes have to be kept. Work: each octet is looked at a bounded number of
// times, however small the segments. Errors: values, no exceptions. Thread: one at a time; no shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sip_parser/header_line_reader.hpp"
#include "sip_parser/message_parts.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip {

struct FrameStep {
  enum class Kind : std::uint8_t {
    incomplete,  // nothing to take yet: `size` octets, at least, must be there before anything can be said
    message,     // the first `size` octets are a message
    empty_line,  // an empty line between messages: a pong (RFC 5626 4.4.1), or a first half of a ping
    ping,        // an empty line right behind an empty_line: the two are a ping (RFC 5626 3.5.1)
    refused,     // `error` says why
  };
  Kind kind = Kind::incomplete;
  std::uint32_t size = 0;  // octets from the start of `unread`
  ParseError error;        // offset in octets from the start of `unread`
};

// "incomplete", "message", "empty_line", "ping", "refused"
[[nodiscard]] std::string_view to_string(FrameStep::Kind kind);

class StreamFramer {
 public:
  StreamFramer() = default;
  explicit StreamFramer(const Strictness& strictness) : strictness_(strictness) {}

  // What the unread octets of the stream begin with. After message, empty_line and ping the next call is given what
  // stands behind the `size` octets; after incomplete the same octets and more (they may have moved in memory). So one
  // calls in a loop until it says incomplete or refused.
  //
  // A line is told when its end is there, also the first of two: a pong is not held back until somebody knows whether a
  // second half follows. Only `ping` is to be answered, by who terminates the connection; a bump passes all of them.
  [[nodiscard]] FrameStep next(std::string_view unread);

  // For a new connection, or where the owner knows that a message begins (INL-TCP-03).
  void reset() { *this = StreamFramer(strictness_); }

 private:
  // What is kept of the header fields: the one being read, and what the length was.
  struct Length {
    HeaderLine field;
    std::uint16_t first_offset = 0;  // of the first Content-Length field
    std::uint16_t value_offset = 0;  // of its value
    std::optional<std::uint32_t> announced;

    [[nodiscard]] HeaderLine& open(std::size_t) { return field; }
    [[nodiscard]] ParseError close(std::string_view octets, const HeaderLine& header);
    [[nodiscard]] ParseError check(std::size_t head) const;
  };
  using Reader = detail::HeaderLineReader<Length>;
  enum class Stage : std::uint8_t { between, start_line, header_lines, body, refused };

  [[nodiscard]] FrameStep between(std::string_view unread);
  [[nodiscard]] FrameStep start_line(std::string_view unread);
  [[nodiscard]] FrameStep header_lines(std::string_view unread);
  [[nodiscard]] FrameStep wait_for(std::size_t size);
  [[nodiscard]] FrameStep refuse(const ParseError& error);

  Strictness strictness_;
  Stage stage_ = Stage::between;
  bool half_a_ping_ = false;    // the step before was empty_line
  std::uint32_t wanted_ = 1;    // fewer octets say nothing new
  std::uint32_t searched_ = 0;  // the end of the start line is not in front of this
  Reader reader_;
  Length length_;
  ParseError refusal_;
};

}  // namespace stirline::sip
