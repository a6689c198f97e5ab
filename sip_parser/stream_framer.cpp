#include "sip_parser/stream_framer.hpp"

#include <algorithm>

#include "sip_parser/line_scan.hpp"
#include "sip_parser/start_line.hpp"
#include "sip_parser/typed_headers.hpp"

namespace stirline::sip {
namespace {

using Step = FrameStep::Kind;

ParseError failure(ErrorCode code, std::size_t offset, HeaderId id = HeaderId::unknown) {
  return {code, static_cast<std::uint16_t>(offset), id};
}

// The head must end within these.
std::size_t head_limit(std::string_view unread) {
  return std::min(unread.size(), kMaxHeaderBlockBytes);
}

}  // namespace

std::string_view to_string(FrameStep::Kind kind) {
  switch (kind) {
    case Step::incomplete:
      return "incomplete";
    case Step::message:
      return "message";
    case Step::empty_line:
      return "empty_line";
    case Step::ping:
      return "ping";
    case Step::refused:
      return "refused";
  }
  return "unknown";
}

ParseError StreamFramer::Length::close(std::string_view octets, const HeaderLine& header) {
  if (header.id == HeaderId::content_length) {
    if (announced) {
      return failure(ErrorCode::content_length_conflict, first_offset, header.id);
    }
    std::uint32_t value = 0;
    if (!detail::read_content_length(octets, header.value(), value)) {
      return failure(ErrorCode::bad_content_length, header.value().offset, header.id);
    }
    announced = value;
    first_offset = header.whole().offset;
    value_offset = header.value().offset;
  }
  return check(header.whole().end());
}

// Of a head that has so many octets at least.
ParseError StreamFramer::Length::check(std::size_t head) const {
  const bool fits = head + announced.value_or(0) <= kMaxMessageBytes;
  return fits ? ParseError{} : failure(ErrorCode::too_long, value_offset, HeaderId::content_length);
}

FrameStep StreamFramer::next(std::string_view unread) {
  static_assert(sizeof(StreamFramer) < 200);
  if (stage_ == Stage::refused) {
    return {Step::refused, 0, refusal_};
  }
  if (unread.size() < wanted_) {
    return {Step::incomplete, wanted_, {}};
  }
  switch (stage_) {
    case Stage::between:
      return between(unread);
    case Stage::start_line:
      return start_line(unread);
    case Stage::header_lines:
      return header_lines(unread);
    case Stage::body:
    case Stage::refused:
      break;
  }
  const std::uint32_t size = wanted_;
  reset();
  return {Step::message, size, {}};
}

// RFC 3261 7.5: empty lines in front of a start line are skipped.
FrameStep StreamFramer::between(std::string_view unread) {
  if (unread.front() != '\r' && unread.front() != '\n') {
    if (const ErrorCode code = detail::judge_first_octets(unread.substr(0, 1)); code != ErrorCode::ok) {
      return refuse(failure(code, 0));
    }
    stage_ = Stage::start_line;
    return start_line(unread);
  }
  const detail::LineEnd end = detail::find_line_end(unread, 0, unread.size(), strictness_);
  if (end.error == ErrorCode::no_blank_line) {
    return wait_for(unread.size() + 1);
  }
  if (end.error != ErrorCode::ok) {
    return refuse(failure(end.error, end.content_end));
  }
  half_a_ping_ = !half_a_ping_;
  wanted_ = 1;
  return {half_a_ping_ ? Step::empty_line : Step::ping, static_cast<std::uint32_t>(end.next), {}};
}

FrameStep StreamFramer::start_line(std::string_view unread) {
  detail::LineEnd end = detail::find_line_end(unread, searched_, head_limit(unread), strictness_);
  if (end.error == ErrorCode::no_blank_line) {
    if (unread.size() < kMaxHeaderBlockBytes) {
      searched_ = static_cast<std::uint32_t>(end.content_end);
      return wait_for(unread.size() + 1);
    }
    end.error = ErrorCode::header_block;
  }
  const detail::StartLine line = detail::judge_start_line(unread, end);
  if (end.error != ErrorCode::ok || line.error.code == ErrorCode::not_sip) {
    return refuse(line.error);
  }
  stage_ = Stage::header_lines;
  reader_ = Reader(end.next);
  return header_lines(unread);
}

FrameStep StreamFramer::header_lines(std::string_view unread) {
  const ParseError error = reader_.read(unread, head_limit(unread), strictness_, length_);
  if (error.code == ErrorCode::no_blank_line) {
    return unread.size() < kMaxHeaderBlockBytes ? wait_for(unread.size() + 1)
                                                : refuse(failure(ErrorCode::header_block, kMaxHeaderBlockBytes));
  }
  if (error.code != ErrorCode::ok) {
    return refuse(error);
  }
  if (!length_.announced) {
    return refuse(failure(ErrorCode::missing, reader_.blank_line(), HeaderId::content_length));
  }
  if (const ParseError too_long = length_.check(reader_.body()); too_long.code != ErrorCode::ok) {
    return refuse(too_long);
  }
  stage_ = Stage::body;
  wanted_ = static_cast<std::uint32_t>(reader_.body() + *length_.announced);
  return next(unread);
}

FrameStep StreamFramer::wait_for(std::size_t size) {
  wanted_ = static_cast<std::uint32_t>(size);
  return {Step::incomplete, wanted_, {}};
}

FrameStep StreamFramer::refuse(const ParseError& error) {
  stage_ = Stage::refused;
  refusal_ = error;
  return {Step::refused, 0, error};
}

}  // namespace stirline::sip
