#include "sip_parser/body/multipart.hpp"

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {
namespace {

constexpr std::string_view kDashes = "--";

}  // namespace

bool MultipartCursor::is_dash_boundary(std::size_t at) const {
  return octets_.substr(at, kDashes.size()) == kDashes &&
         octets_.substr(at + kDashes.size(), boundary_.size()) == boundary_;
}

// What stands at `begin`, where "--" and the boundary stand behind some line end or at the start.
std::expected<MultipartCursor::Delimiter, BodyError> MultipartCursor::judge(std::size_t begin) const {
  const bool behind_line = begin == begin_ || (begin - begin_ >= 2 && octets_.substr(begin - 2, 2) == "\r\n");
  Delimiter delimiter{.begin = begin, .next = begin + kDashes.size() + boundary_.size(), .close = false, .found = true};
  if (octets_.substr(delimiter.next, kDashes.size()) == kDashes) {
    delimiter.close = true;
    delimiter.next += kDashes.size();
  }
  while (delimiter.next < octets_.size() && (octets_[delimiter.next] == ' ' || octets_[delimiter.next] == '\t')) {
    ++delimiter.next;
  }
  const std::string_view rest = octets_.substr(delimiter.next);
  if (!behind_line || (!rest.empty() && !rest.starts_with("\r\n"))) {
    return body_failure(BodyErrorCode::ambiguous_delimiter, begin);
  }
  if (rest.empty() && !delimiter.close) {
    return body_failure(BodyErrorCode::no_close_delimiter, begin);
  }
  delimiter.next += rest.empty() ? 0U : 2U;
  return delimiter;
}

// The next delimiter line from at_, which stands where a line begins.
std::expected<MultipartCursor::Delimiter, BodyError> MultipartCursor::find() {
  while (at_ < octets_.size()) {
    if (is_dash_boundary(at_)) {
      return judge(at_);
    }
    // Behind CR as well as behind LF: a bare one is a line end to some readers.
    while (at_ < octets_.size() && octets_[at_] != '\r' && octets_[at_] != '\n') {
      ++at_;
    }
    ++at_;
  }
  return Delimiter{};
}

std::expected<bool, BodyError> MultipartCursor::next(Span& part) {
  if (closed_) {
    return false;
  }
  if (!opened_) {
    const auto first = find();
    if (!first) {
      return std::unexpected(first.error());
    }
    if (!first->found || first->close) {
      return body_failure(BodyErrorCode::no_delimiter, begin_);
    }
    opened_ = true;
    delimiter_ = first->begin;
    at_ = first->next;
  }
  const std::size_t begin = at_;
  const auto delimiter = find();
  if (!delimiter) {
    return std::unexpected(delimiter.error());
  }
  if (!delimiter->found) {
    return body_failure(BodyErrorCode::no_close_delimiter, octets_.size());
  }
  if (delimiter->begin < begin + 2) {
    return body_failure(BodyErrorCode::part_without_end, begin);
  }
  part = span_between(begin, delimiter->begin - 2);
  cut_ = span_between(delimiter_, delimiter->begin);
  delimiter_ = delimiter->begin;
  at_ = delimiter->next;
  if (delimiter->close) {
    closed_ = true;
    const auto behind = find();
    if (!behind || behind->found) {
      return body_failure(BodyErrorCode::ambiguous_delimiter, at_);
    }
  }
  return true;
}

}  // namespace stirline::sip::detail
