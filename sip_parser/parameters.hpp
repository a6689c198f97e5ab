// Walks the parameters of a URI or a header field: name, or name = value, between semicolons. Internal.
#pragma once

#include <string_view>

#include "sip_parser/characters.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip::detail {

enum class ValueForm : std::uint8_t { none, bare, quoted, bracketed };

struct ParameterItem {
  Span name;
  Span value;  // quotes or angle brackets excluded
  Span whole;  // from its ';' to its end
  ValueForm form = ValueForm::none;
};

class ParameterCursor {
 public:
  enum class Step : std::uint8_t {
    item,
    end,
    malformed,   // an empty parameter, no name, or something that belongs to none
    open_quote,  // a quoted string or angle bracket without its end
  };

  // `params` begins behind the first ';'. It must lie inside `message`. An empty span has no parameters.
  ParameterCursor(std::string_view message, Span params)
      : message_(message), at_(params.offset), end_(params.end()), done_(params.empty()) {}

  [[nodiscard]] Step next(ParameterItem& item) {
    if (done_) {
      return Step::end;
    }
    const std::size_t semicolon = at_ == 0 ? 0 : at_ - 1;
    const std::size_t name = skip(message_, at_, end_, kBlank);
    std::size_t stop = skip(message_, name, end_, kParamName);
    if (stop == name) {
      return Step::malformed;
    }
    item.name = span_between(name, stop);
    item.value = {};
    item.form = ValueForm::none;
    at_ = skip(message_, stop, end_, kBlank);
    if (at_ < end_ && message_[at_] == '=') {
      if (const Step step = value(skip(message_, at_ + 1, end_, kBlank), item, stop); step != Step::item) {
        return step;
      }
      at_ = skip(message_, stop, end_, kBlank);
    }
    item.whole = span_between(semicolon, stop);
    if (at_ == end_) {
      done_ = true;
    } else if (message_[at_] == ';') {
      ++at_;
    } else {
      return Step::malformed;
    }
    return Step::item;
  }

  // Where the cursor stands: for error messages.
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  [[nodiscard]] Step value(std::size_t begin, ParameterItem& item, std::size_t& stop) {
    if (begin < end_ && message_[begin] == '"') {
      const auto behind = skip_quoted(message_, begin, end_);
      if (!behind) {
        return Step::open_quote;
      }
      stop = *behind;
      item.value = span_between(begin + 1, stop - 1);
      item.form = ValueForm::quoted;
    } else if (begin < end_ && message_[begin] == '<') {
      const std::size_t close = message_.substr(0, end_).find('>', begin);
      if (close == std::string_view::npos) {
        return Step::open_quote;
      }
      stop = close + 1;
      item.value = span_between(begin + 1, close);
      item.form = ValueForm::bracketed;
    } else {
      stop = skip(message_, begin, end_, kParamValue);
      item.value = span_between(begin, stop);
      item.form = ValueForm::bare;
    }
    return Step::item;
  }

  std::string_view message_;
  std::size_t at_;
  std::size_t end_;
  bool done_;
};

}  // namespace stirline::sip::detail
