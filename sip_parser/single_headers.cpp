// The header fields with one value (RFC 3261 7.3.1).
#include <algorithm>
#include <array>

#include "sip_parser/characters.hpp"
#include "sip_parser/date.hpp"
#include "sip_parser/start_line.hpp"
#include "sip_parser/typed_headers.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip::detail {
namespace {

constexpr std::size_t kMaxContentLengthDigits = 8;  // leading zeros aside

ParseError failure(ErrorCode code, std::size_t offset, HeaderId id) {
  return {code, static_cast<std::uint16_t>(offset), id};
}

ParseError read_party(const MessageFields& fields, std::string_view octets, HeaderId id, NameAddr& party) {
  const ParseError error = read_name_addr(octets, fields.first(id)->value(), party);
  return error.code == ErrorCode::ok ? error : ParseError{error.code, error.offset, id};
}

// 1*DIGIT with a value of at most `limit`. The eight octets in front of the end of `digits` are read, so they lie in a
// message.
bool read_number(std::string_view digits, std::uint32_t limit, std::uint32_t& number) {
  if (digits.empty() || digits.size() > kMostDigitsAtOnce) {
    const auto value = decimal(digits, limit);
    number = value.value_or(0);
    return value.has_value();
  }
  return number_before(digits.data() + digits.size(), digits.size(), number) && number <= limit;
}

std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.substr(zeros == digits.size() && zeros > 0 ? zeros - 1 : zeros);
}

// A fold reads as one space (RFC 3261 7.3.1). What does not fit is longer than a date.
std::optional<std::int64_t> date_across_folds(std::string_view value) {
  std::array<char, kDateBytes + 1> unfolded{};
  std::size_t length = 0;
  for (std::size_t at = 0; at < value.size() && length < unfolded.size(); ++length) {
    const std::size_t behind = skip(value, at, value.size(), kBlank);
    const bool fold = value.substr(at, behind - at).find('\n') != std::string_view::npos;
    unfolded[length] = fold ? ' ' : value[at];
    at = fold ? behind : at + 1;
  }
  return parse_date({unfolded.data(), length});
}

}  // namespace

ParseError read_from(MessageFields& fields, std::string_view octets) {
  return read_party(fields, octets, HeaderId::from, fields.from);
}

ParseError read_to(MessageFields& fields, std::string_view octets) {
  return read_party(fields, octets, HeaderId::to, fields.to);
}

ParseError read_call_id(MessageFields& fields, std::string_view octets) {
  fields.call_id = fields.first(HeaderId::call_id)->value();
  const std::string_view value = text(octets, fields.call_id);
  if (value.empty() || !all(value, kNoBlank)) {
    return failure(ErrorCode::bad_call_id, fields.call_id.offset, HeaderId::call_id);
  }
  return {};
}

ParseError read_cseq(MessageFields& fields, std::string_view octets) {
  const Span value = fields.first(HeaderId::cseq)->value();
  const std::size_t end = value.end();
  const std::size_t digits_end = skip(octets, value.offset, end, kDigit);
  const std::size_t method = skip(octets, digits_end, end, kBlank);
  const std::string_view digits = octets.substr(value.offset, digits_end - value.offset);
  if (!read_number(digits, 0x7FFF'FFFF, fields.cseq) || method == digits_end || method == end ||
      skip(octets, method, end, kToken) != end) {
    return failure(ErrorCode::bad_cseq, value.offset, HeaderId::cseq);
  }
  fields.cseq_method = span_between(method, end);
  const std::string_view name = text(octets, fields.cseq_method);
  if (fields.kind == Kind::response) {
    fields.method = method_of(name);
  } else if (name != text(octets, fields.method_text)) {
    return failure(ErrorCode::cseq_method, method, HeaderId::cseq);
  }
  return {};
}

ParseError read_max_forwards(MessageFields& fields, std::string_view octets) {
  const HeaderLine* header = fields.first(HeaderId::max_forwards);
  if (header == nullptr) {
    return {};
  }
  std::uint32_t hops = 0;
  if (!read_number(text(octets, header->value()), kMaxHops, hops)) {
    return failure(ErrorCode::bad_max_forwards, header->value().offset, HeaderId::max_forwards);
  }
  fields.max_forwards = static_cast<std::uint8_t>(hops);
  return {};
}

ParseError read_date(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  const HeaderLine* header = fields.first(HeaderId::date);
  if (header == nullptr) {
    return {};
  }
  const std::string_view value = text(octets, header->value());
  fields.date = value.size() == kDateBytes ? parse_date(value) : date_across_folds(value);
  fields.date_malformed = !fields.date;
  if (fields.date_malformed && !strictness.accept_malformed_date) {
    return failure(ErrorCode::bad_date, header->value().offset, HeaderId::date);
  }
  return {};
}

bool read_content_length(std::string_view octets, Span value, std::uint32_t& length) {
  constexpr std::uint32_t kMost = 99'999'999;
  const std::string_view digits = text(octets, value);
  const std::string_view significant =
      digits.size() <= kMaxContentLengthDigits ? digits : without_leading_zeros(digits);
  if (significant.size() > kMaxContentLengthDigits) {
    return false;
  }
  if (value.end() < kMostDigitsAtOnce) {
    const auto number = decimal(significant, kMost);
    length = number.value_or(0);
    return number.has_value();
  }
  return read_number(significant, kMost, length);
}

ParseError read_body(MessageFields& fields, std::string_view octets, std::size_t body_offset) {
  const std::size_t rest = octets.size() - body_offset;
  std::size_t length = rest;
  if (const HeaderLine* header = fields.first(HeaderId::content_length); header != nullptr) {
    std::uint32_t announced = 0;
    if (!read_content_length(octets, header->value(), announced)) {
      return failure(ErrorCode::bad_content_length, header->value().offset, HeaderId::content_length);
    }
    if (announced > rest) {
      return failure(ErrorCode::content_length_beyond, header->value().offset, HeaderId::content_length);
    }
    fields.content_length = announced;
    length = announced;
  }
  fields.body = span_between(body_offset, body_offset + length);
  fields.after_body = span_between(body_offset + length, octets.size());
  return {};
}

}  // namespace stirline::sip::detail
