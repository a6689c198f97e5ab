// What the readers of header fields share: walking the values of a field and the parameters of a value. Internal.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "sip_parser/characters.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/parameters.hpp"
#include "sip_parser/span.hpp"
#include "sip_parser/value_list.hpp"

namespace stirline::sip::detail {

using FieldResult = std::expected<void, FieldError>;

[[nodiscard]] inline std::unexpected<FieldError> field_failure(FieldErrorCode code, HeaderId header,
                                                               std::size_t offset) {
  return std::unexpected(FieldError{code, header, static_cast<std::uint16_t>(offset)});
}

// Calls `read(Span value)`, which gives a FieldResult, for each comma-separated value of each `id` field, in message
// order (RFC 3261 7.3.1). An empty value is malformed.
template <typename Read>
[[nodiscard]] FieldResult each_value(const Message& message, std::string_view octets, HeaderId id, Read&& read) {
  if (message.count(id) == 0) {
    return {};
  }
  for (const HeaderLine& line : message.headers()) {
    if (line.id != id) {
      continue;
    }
    ValueList list(octets, line.value());
    Span value;
    for (auto step = list.next(value); step != ValueList::Step::end; step = list.next(value)) {
      if (step == ValueList::Step::open_quote) {
        return field_failure(FieldErrorCode::open_quote, id, value.offset);
      }
      if (value.empty()) {
        return field_failure(FieldErrorCode::malformed, id, value.offset);
      }
      if (FieldResult result = read(value); !result) {
        return result;
      }
    }
  }
  return {};
}

// Every value of the `id` fields, read by `read(Span value)`, which gives the value of the list or a FieldError.
template <typename List, typename Read>
[[nodiscard]] std::expected<List, FieldError> read_list(const Message& message, std::string_view octets, HeaderId id,
                                                        Read&& read) {
  List list;
  const FieldResult result = each_value(message, octets, id, [&](Span value) -> FieldResult {
    const auto item = read(value);
    if (!item) {
      return std::unexpected(item.error());
    }
    if (!list.push(*item)) {
      return field_failure(FieldErrorCode::too_many, id, value.offset);
    }
    return {};
  });
  if (!result) {
    return std::unexpected(result.error());
  }
  return list;
}

// The parameters behind position `at` of a value that ends at `end`: what follows the first ';', or nothing.
[[nodiscard]] inline std::expected<Span, FieldError> parameters_behind(std::string_view octets, std::size_t at,
                                                                       std::size_t end, HeaderId id) {
  at = skip(octets, at, end, kBlank);
  if (at == end) {
    return Span{};
  }
  if (octets[at] != ';' || at + 1 == end) {
    return field_failure(FieldErrorCode::malformed, id, at);
  }
  return span_between(at + 1, end);
}

// Calls `take(const ParameterItem&)`, which gives a FieldResult, for each parameter: generic-param = token [ EQUAL (
// token / host / quoted-string ) ] (RFC 3261 25.1).
template <typename Take>
[[nodiscard]] FieldResult each_parameter(std::string_view octets, Span params, HeaderId id, Take&& take) {
  using Step = ParameterCursor::Step;
  ParameterCursor cursor(octets, params);
  ParameterItem item;
  for (Step step = cursor.next(item); step != Step::end; step = cursor.next(item)) {
    if (step != Step::item) {
      return field_failure(step == Step::open_quote ? FieldErrorCode::open_quote : FieldErrorCode::malformed, id,
                           cursor.position());
    }
    const bool empty_value = item.form == ValueForm::bare && item.value.empty();
    if (!all(text(octets, item.name), kToken) || empty_value || item.form == ValueForm::bracketed) {
      return field_failure(FieldErrorCode::malformed, id, item.name.offset);
    }
    if (FieldResult result = take(std::as_const(item)); !result) {
      return result;
    }
  }
  return {};
}

[[nodiscard]] inline bool is_named(std::string_view octets, const ParameterItem& item, std::string_view name) {
  return equal_ignoring_case(text(octets, item.name), name);
}

[[nodiscard]] inline bool is_token(std::string_view octets, const ParameterItem& item) {
  return item.form == ValueForm::bare && all(text(octets, item.value), kToken);
}

// Takes the value of a parameter that may be given once; `seen` remembers that it was.
[[nodiscard]] inline FieldResult take_once(const ParameterItem& item, bool well_formed, HeaderId id, bool& seen,
                                           Span& value) {
  if (std::exchange(seen, true)) {
    return field_failure(FieldErrorCode::duplicate, id, item.name.offset);
  }
  if (!well_formed) {
    return field_failure(FieldErrorCode::malformed, id, item.name.offset);
  }
  value = item.value;
  return {};
}

// 1*DIGIT of at most `limit`, given once.
[[nodiscard]] inline FieldResult take_number(std::string_view octets, const ParameterItem& item, std::uint32_t limit,
                                             HeaderId id, std::optional<std::uint16_t>& number) {
  if (number) {
    return field_failure(FieldErrorCode::duplicate, id, item.name.offset);
  }
  const std::string_view digits = text(octets, item.value);
  if (item.form != ValueForm::bare || !all(digits, kDigit)) {
    return field_failure(FieldErrorCode::malformed, id, item.name.offset);
  }
  const auto value = decimal(digits, limit);
  if (!value) {
    return field_failure(FieldErrorCode::out_of_range, id, item.value.offset);
  }
  number = static_cast<std::uint16_t>(*value);
  return {};
}

// name-addr (or addr-spec) with its parameters.
[[nodiscard]] inline std::expected<NameAddr, FieldError> read_party(std::string_view octets, Span value, HeaderId id) {
  const auto party = parse_name_addr(octets, value);
  if (party) {
    return *party;
  }
  switch (party.error().code) {
    case ErrorCode::bad_uri:
      return field_failure(FieldErrorCode::bad_uri, id, party.error().offset);
    case ErrorCode::bad_quote:
      return field_failure(FieldErrorCode::open_quote, id, party.error().offset);
    default:
      return field_failure(FieldErrorCode::malformed, id, party.error().offset);
  }
}

}  // namespace stirline::sip::detail
