// Octets as a stream (INL-TCP-01): how it is cut does not matter, nothing is lost or added, what is refused stays so,
// and framer and parser end every message at the same octet.
//
// Input: one octet n, n octets that are the sizes of segments (round and round), then the stream.
#include <algorithm>
#include <span>
#include <string>

#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/streams.hpp"

namespace stirline::fuzz::sip_stream {
namespace {

using namespace stirline::sip;
using Step = FrameStep::Kind;

ParseError parse(Message& message, std::string_view octets, const Strictness& strictness) {
  const ExactBlock block(octets.substr(0, kMaxMessageBytes));
  const auto result = message.parse(block.view(), strictness);
  return result ? ParseError{} : result.error();
}

// What the parser says before it looks at a line behind the start line.
bool is_in_front(ErrorCode code) {
  return code == ErrorCode::start_line || code == ErrorCode::version || code == ErrorCode::status ||
         code == ErrorCode::bad_uri;
}

// What leaves doubt about the end of a message, a start line aside.
bool is_about_the_end(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_sip:
    case ErrorCode::keepalive:
    case ErrorCode::too_long:
    case ErrorCode::no_blank_line:
    case ErrorCode::header_name:
    case ErrorCode::header_no_colon:
    case ErrorCode::header_count:
    case ErrorCode::header_block:
    case ErrorCode::control_in_header:
    case ErrorCode::bare_lf:
    case ErrorCode::bare_cr:
    case ErrorCode::fold_limit:
    case ErrorCode::bad_content_length:
    case ErrorCode::content_length_conflict:
    case ErrorCode::content_length_beyond:
      return true;
    default:
      return false;
  }
}

void check_message(std::string_view unread, std::size_t size, const Strictness& strictness) {
  static Message message;
  const ParseError with_more = parse(message, unread, strictness);
  check(with_more.code != ErrorCode::ok || message.body().end() == size, "the parser ends it where the framer does");
  const ParseError alone = parse(message, unread.substr(0, size), strictness);
  check(alone.code == with_more.code && alone.offset == with_more.offset && alone.header == with_more.header,
        "what follows does not matter to the parser");
  check(!is_about_the_end(alone.code), "the parser has no doubt about the end either");
  if (alone.code == ErrorCode::ok) {
    check(message.content_length().has_value(), "it has a length");
    check(message.body().end() == size && message.after_body().empty(), "all of it is the message");
  }
}

void check_length_refusal(std::string_view unread, const ParseError& error, const Strictness& strictness) {
  static Message message;
  const ParseError all = parse(message, unread, strictness);
  switch (error.code) {
    case ErrorCode::missing:
      check(all.code != ErrorCode::ok || !message.content_length(), "the length is missing for the parser too");
      break;
    case ErrorCode::too_long:
      check(all.code != ErrorCode::ok || unread.size() > kMaxMessageBytes, "no datagram is as long");
      break;
    default:
      check(all.code != ErrorCode::ok, "the parser refuses it too");
      break;
  }
  if (error.code == ErrorCode::bad_content_length) {
    std::size_t end = error.offset;
    do {
      end = std::min(unread.find('\n', end), unread.size() - 1) + 1;
    } while (end < unread.size() && (unread[end] == ' ' || unread[end] == '\t'));
    const std::string lines = "l:" + std::string(unread.substr(error.offset, end - error.offset));
    const ParseError same_line = parse(message, sip::test::invite(lines), strictness);
    check(same_line.code == error.code, "the parser reads the same length");
  }
}

void check_refusal(std::string_view unread, const ParseError& error, const Strictness& strictness) {
  check(error.code != ErrorCode::ok && error.offset <= unread.size(), "a refusal says why and where");
  if (error.code == ErrorCode::missing || error.code == ErrorCode::too_long ||
      error.code == ErrorCode::bad_content_length || error.code == ErrorCode::content_length_conflict) {
    check_length_refusal(unread, error, strictness);
    return;
  }
  static Message message;
  const ParseError parsed = parse(message, unread, strictness);
  check(parsed.code != ErrorCode::ok, "the parser refuses it too");
  const std::size_t start_line = std::min(unread.find('\n'), unread.size());
  if (error.offset > start_line && !is_in_front(parsed.code) && error.code != ErrorCode::header_block) {
    check(parsed.code == error.code && parsed.offset == error.offset && parsed.header == error.header,
          "and says the same");
  }
}

void check_incomplete(std::string_view unread, const FrameStep& step, const Strictness& strictness) {
  static Message message;
  check(step.size > unread.size() && step.size <= kMaxMessageBytes, "there is something to wait for, and not too much");
  check(unread.empty() || parse(message, unread, strictness).code != ErrorCode::ok || !message.content_length(),
        "no whole message is waiting");
}

void try_stream(std::string_view stream, std::span<const std::uint8_t> sizes, const Strictness& strictness) {
  const sip::test::Frames frames = sip::test::frames_of(stream, strictness);
  std::size_t at = 0;
  Step before = Step::message;
  for (const sip::test::Frame& frame : frames) {
    check(frame.at == at, "nothing is lost between two steps");
    const std::string_view unread = stream.substr(at);
    switch (frame.step.kind) {
      case Step::message:
        check_message(unread, frame.step.size, strictness);
        break;
      case Step::empty_line:
      case Step::ping:
        check(unread.starts_with("\r\n") ? frame.step.size == 2 : unread.starts_with('\n') && frame.step.size == 1,
              "an empty line is one");
        check((frame.step.kind == Step::ping) == (before == Step::empty_line), "two of them are a ping");
        break;
      case Step::incomplete:
        check_incomplete(unread, frame.step, strictness);
        break;
      case Step::refused:
        check_refusal(unread, frame.step.error, strictness);
        break;
    }
    before = frame.step.kind;
    at += before == Step::incomplete || before == Step::refused ? 0 : frame.step.size;
  }
  check(!frames.empty() && (before == Step::refused || before == Step::incomplete), "it ends with one of the two");

  std::size_t next = 0;
  const auto segment = [&]() -> std::size_t { return sizes.empty() ? 1 : 1U + sizes[next++ % sizes.size()]; };
  check(sip::test::same(sip::test::frames_of(stream, segment, strictness), frames), "cuts do not matter");

  if (before == Step::refused) {
    sip::test::Connection connection{std::string(stream), strictness};
    connection.receive(stream.size());
    check(sip::test::same(connection.framer().next(sip::test::invite("l: 0\r\n")), frames.back().step),
          "a refusal stays");
    connection.framer().reset();
    check(connection.framer().next(sip::test::invite("l: 0\r\n")).kind == Step::message, "until it is taken back");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::size_t segments = std::min<std::size_t>(data[0] % 16, size - 1);
  const ExactBlock stream(data + 1 + segments, size - 1 - segments);
  try_stream(stream.view(), {data + 1, segments}, {});
  try_stream(stream.view(), {data + 1, segments}, {.accept_bare_lf = true});
  return 0;
}

const Target kTarget("sip_stream", run);

}  // namespace
}  // namespace stirline::fuzz::sip_stream
