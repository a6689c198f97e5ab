// Takes a comma-separated header value apart, outside quotes and angle brackets (RFC 3261 7.3.1). Internal.
#pragma once

#include <string_view>

#include "sip_parser/characters.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip::detail {

class ValueList {
 public:
  enum class Step : std::uint8_t { value, end, open_quote };

  // `value` must lie inside `message`. An empty header value is one empty value: what reads it says what is wrong.
  ValueList(std::string_view message, Span value) : message_(message), at_(value.offset), end_(value.end()) {}

  // `value` has no outer blanks and may be empty. With open_quote it is all that is left, and the list ends.
  [[nodiscard]] Step next(Span& value) {
    if (done_) {
      return Step::end;
    }
    const std::size_t begin = at_;
    if (is_one_value()) {
      value = trimmed(message_, begin, end_);
      done_ = true;
      return Step::value;
    }
    for (at_ = skip(message_, at_, end_, kInList); at_ < end_ && message_[at_] != ',';
         at_ = skip(message_, at_, end_, kInList)) {
      if (message_[at_] == '"') {
        const auto behind = skip_quoted(message_, at_, end_);
        if (!behind) {
          return rest(begin, value);
        }
        at_ = *behind;
      } else {
        const std::size_t close = message_.substr(0, end_).find('>', at_);
        if (close == std::string_view::npos) {
          return rest(begin, value);
        }
        at_ = close + 1;
      }
    }
    value = trimmed(message_, begin, at_);
    done_ = at_ == end_;
    ++at_;
    return Step::value;
  }

 private:
  // Of what is left. Most lists have one value, and the library looks for an octet faster than we look for three.
  [[nodiscard]] bool is_one_value() const {
    const std::string_view left = message_.substr(at_, end_ - at_);
    return left.find('<') == std::string_view::npos && left.find(',') == std::string_view::npos &&
           left.find('"') == std::string_view::npos;
  }

  [[nodiscard]] Step rest(std::size_t begin, Span& value) {
    value = trimmed(message_, begin, end_);
    done_ = true;
    return Step::open_quote;
  }

  std::string_view message_;
  std::size_t at_;
  std::size_t end_;
  bool done_ = false;
};

}  // namespace stirline::sip::detail
