#include "sip_parser/message.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"
#include "sip_parser/date.hpp"
#include "sip_parser/header_lines.hpp"
#include "sip_parser/start_line.hpp"
#include "sip_parser/value_list.hpp"
#include "sip_parser/via.hpp"

namespace stirline::sip {
namespace {

using detail::ValueList;
using Step = ValueList::Step;

std::unexpected<ParseError> failure(ErrorCode code, std::size_t offset, HeaderId id) {
  return std::unexpected(ParseError{code, static_cast<std::uint16_t>(offset), id});
}

// Fields that a message carries once. Two of them are two readings, even if they are equal now (INL-ED-03).
constexpr std::array kOnceOnly = {
    HeaderId::from,         HeaderId::to,       HeaderId::call_id,          HeaderId::cseq,
    HeaderId::max_forwards, HeaderId::date,     HeaderId::content_type,     HeaderId::content_disposition,
    HeaderId::privacy,      HeaderId::priority, HeaderId::attestation_info, HeaderId::origination_id,
};

constexpr std::array kMandatory = {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id, HeaderId::cseq};

constexpr std::size_t kMaxContentLengthDigits = 8;  // leading zeros aside

std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.substr(zeros == digits.size() && zeros > 0 ? zeros - 1 : zeros);
}

}  // namespace

const HeaderLine* Message::first(HeaderId id) const {
  const auto index = static_cast<std::size_t>(id);
  return counts_[index] == 0 ? nullptr : &headers_[first_[index]];
}

std::expected<void, ParseError> Message::parse(std::string_view octets, const Strictness& strictness) {
  reset();
  if (octets.size() > kMaxMessageBytes) {
    return failure(ErrorCode::too_long, kMaxMessageBytes, HeaderId::unknown);
  }
  const detail::StartLine start = detail::read_start_line(octets, strictness);
  start_line_known_ = start.known;
  kind_ = start.kind;
  method_ = start.method;
  method_text_ = start.method_text;
  status_ = start.status;
  if (start.error.code != ErrorCode::ok) {
    return std::unexpected(start.error);
  }
  if (kind_ == Kind::request) {
    const auto uri = parse_uri(octets, start.request_uri);
    if (!uri) {
      return std::unexpected(uri.error());
    }
    request_uri_ = *uri;
  }
  const auto block = detail::split_header_lines(octets, start.end, strictness, headers_);
  if (!block) {
    return std::unexpected(block.error());
  }
  header_count_ = block->count;
  blank_line_ = static_cast<std::uint16_t>(block->blank_line);
  classify();

  Result result = check_once_only();
  const auto then = [&result](auto&& step) {
    if (result) {
      result = step();
    }
  };
  then([&] { return check_present(strictness); });
  then([&] { return read_vias(octets, strictness); });
  then([&] { return read_party(octets, HeaderId::from, from_); });
  then([&] { return read_party(octets, HeaderId::to, to_); });
  then([&] { return read_call_id(octets); });
  then([&] { return read_cseq(octets); });
  then([&] { return read_max_forwards(octets); });
  then([&] { return read_contacts(octets); });
  then([&] { return read_asserted_identities(octets); });
  then([&] { return read_date(octets, strictness); });
  then([&] { return read_body(octets, block->body); });
  if (result) {
    read_identities(octets);
  }
  return result;
}

void Message::reset() {
  kind_ = Kind::request;
  method_ = Method::other;
  start_line_known_ = false;
  date_malformed_ = false;
  status_ = 0;
  blank_line_ = 0;
  cseq_ = 0;
  header_count_ = 0;
  via_count_ = 0;
  asserted_count_ = 0;
  identity_count_ = 0;
  identities_seen_ = 0;
  method_text_ = {};
  request_uri_ = {};
  from_ = {};
  to_ = {};
  call_id_ = {};
  cseq_method_ = {};
  top_via_ = {};
  contact_.reset();
  date_.reset();
  max_forwards_.reset();
  content_length_.reset();
  body_ = {};
  after_body_ = {};
  counts_.fill(0);
}

void Message::classify() {
  for (std::size_t i = 0; i < header_count_; ++i) {
    const auto id = static_cast<std::size_t>(headers_[i].id);
    if (counts_[id]++ == 0) {
      first_[id] = static_cast<std::uint16_t>(i);
    }
  }
}

Message::Result Message::check_once_only() const {
  if (count(HeaderId::content_length) > 1) {
    return failure(ErrorCode::content_length_conflict, first(HeaderId::content_length)->whole.offset,
                   HeaderId::content_length);
  }
  for (const HeaderId id : kOnceOnly) {
    if (count(id) > 1) {
      return failure(ErrorCode::duplicate, first(id)->whole.offset, id);
    }
  }
  return {};
}

Message::Result Message::check_present(const Strictness& strictness) const {
  const auto demand = [this](HeaderId id) -> Result {
    return count(id) > 0 ? Result() : Result(failure(ErrorCode::missing, blank_line_, id));
  };
  for (const HeaderId id : kMandatory) {
    if (auto present = demand(id); !present) {
      return present;
    }
  }
  if (kind_ == Kind::request && !strictness.accept_missing_max_forwards) {
    if (auto present = demand(HeaderId::max_forwards); !present) {
      return present;
    }
  }
  if (kind_ == Kind::request && method_ == Method::invite && !strictness.accept_missing_contact) {
    return demand(HeaderId::contact);
  }
  return {};
}

Message::Result Message::read_vias(std::string_view octets, const Strictness& strictness) {
  for (const HeaderLine& header : headers()) {
    if (header.id != HeaderId::via) {
      continue;
    }
    ValueList list(octets, header.value);
    Span value;
    for (Step step = list.next(value); step != Step::end; step = list.next(value)) {
      if (step == Step::open_quote) {
        return failure(ErrorCode::bad_quote, value.offset, HeaderId::via);
      }
      if (via_count_ == kMaxVias) {
        return failure(ErrorCode::value_count, value.offset, HeaderId::via);
      }
      const auto via = detail::parse_via(octets, value);
      if (!via) {
        return std::unexpected(via.error());
      }
      if (via_count_++ == 0) {
        top_via_ = *via;
      }
    }
  }
  constexpr std::string_view kCookie = "z9hG4bK";
  if (!strictness.accept_missing_branch_cookie &&
      !detail::equal_ignoring_case(text(octets, top_via_.branch).substr(0, kCookie.size()), kCookie)) {
    return failure(ErrorCode::bad_via, top_via_.whole.offset, HeaderId::via);
  }
  return {};
}

Message::Result Message::read_party(std::string_view octets, HeaderId id, NameAddr& party) const {
  const auto parsed = parse_name_addr(octets, first(id)->value);
  if (!parsed) {
    return failure(parsed.error().code, parsed.error().offset, id);
  }
  party = *parsed;
  return {};
}

Message::Result Message::read_call_id(std::string_view octets) {
  call_id_ = first(HeaderId::call_id)->value;
  const std::string_view value = text(octets, call_id_);
  if (value.empty() || std::ranges::any_of(value, [](char c) { return detail::is(c, detail::kBlank); })) {
    return failure(ErrorCode::bad_call_id, call_id_.offset, HeaderId::call_id);
  }
  return {};
}

Message::Result Message::read_cseq(std::string_view octets) {
  const Span value = first(HeaderId::cseq)->value;
  const std::size_t end = value.end();
  const std::size_t digits_end = detail::skip(octets, value.offset, end, detail::kDigit);
  const std::size_t method = detail::skip(octets, digits_end, end, detail::kBlank);
  const auto number = detail::decimal(octets.substr(value.offset, digits_end - value.offset), 0x7FFF'FFFF);
  if (!number || method == digits_end || method == end || detail::skip(octets, method, end, detail::kToken) != end) {
    return failure(ErrorCode::bad_cseq, value.offset, HeaderId::cseq);
  }
  cseq_ = *number;
  cseq_method_ = detail::span_between(method, end);
  const std::string_view name = text(octets, cseq_method_);
  if (kind_ == Kind::response) {
    method_ = detail::method_of(name);
  } else if (name != text(octets, method_text_)) {
    return failure(ErrorCode::cseq_method, method, HeaderId::cseq);
  }
  return {};
}

Message::Result Message::read_max_forwards(std::string_view octets) {
  const HeaderLine* header = first(HeaderId::max_forwards);
  if (header == nullptr) {
    return {};
  }
  const auto number = detail::decimal(text(octets, header->value), 255);
  if (!number) {
    return failure(ErrorCode::bad_max_forwards, header->value.offset, HeaderId::max_forwards);
  }
  max_forwards_ = static_cast<std::uint8_t>(*number);
  return {};
}

Message::Result Message::read_contacts(std::string_view octets) {
  std::size_t contacts = 0;
  for (const HeaderLine& header : headers()) {
    if (header.id != HeaderId::contact) {
      continue;
    }
    ValueList list(octets, header.value);
    Span value;
    for (Step step = list.next(value); step != Step::end; step = list.next(value)) {
      if (step == Step::open_quote) {
        return failure(ErrorCode::bad_quote, value.offset, HeaderId::contact);
      }
      if (contacts == kMaxContacts) {
        return failure(ErrorCode::value_count, value.offset, HeaderId::contact);
      }
      ++contacts;
      if (text(octets, value) == "*") {
        continue;
      }
      const auto parsed = parse_name_addr(octets, value);
      if (!parsed) {
        return failure(parsed.error().code, parsed.error().offset, HeaderId::contact);
      }
      if (contacts == 1) {
        contact_ = *parsed;
      }
    }
  }
  return {};
}

Message::Result Message::read_asserted_identities(std::string_view octets) {
  if (count(HeaderId::p_asserted_identity) == 0) {
    return {};
  }
  for (const HeaderLine& header : headers()) {
    if (header.id != HeaderId::p_asserted_identity) {
      continue;
    }
    ValueList list(octets, header.value);
    Span value;
    for (Step step = list.next(value); step != Step::end; step = list.next(value)) {
      if (step == Step::open_quote) {
        return failure(ErrorCode::bad_quote, value.offset, header.id);
      }
      if (asserted_count_ == kMaxAssertedIdentities) {
        return failure(ErrorCode::value_count, value.offset, header.id);
      }
      const auto parsed = parse_name_addr(octets, value);
      if (!parsed) {
        return failure(parsed.error().code, parsed.error().offset, header.id);
      }
      asserted_[asserted_count_++] = *parsed;
    }
  }
  return {};
}

// STIR-HDR-02, STIR-HDR-03. Nothing here can fail: a broken value says so itself.
void Message::read_identities(std::string_view octets) {
  if (count(HeaderId::identity) == 0) {
    return;
  }
  for (const HeaderLine& header : headers()) {
    if (header.id != HeaderId::identity) {
      continue;
    }
    ValueList list(octets, header.value);
    Span value;
    while (list.next(value) != Step::end) {
      ++identities_seen_;
      if (identity_count_ < kMaxIdentities) {
        identities_[identity_count_++] = parse_identity(octets, value);
      }
    }
  }
}

Message::Result Message::read_date(std::string_view octets, const Strictness& strictness) {
  const HeaderLine* header = first(HeaderId::date);
  if (header == nullptr) {
    return {};
  }
  // A fold reads as one space (RFC 3261 7.3.1). What does not fit is longer than a date.
  std::array<char, kDateBytes + 1> unfolded{};
  std::size_t length = 0;
  for (std::size_t at = header->value.offset; at < header->value.end() && length < unfolded.size(); ++length) {
    const std::size_t behind = detail::skip(octets, at, header->value.end(), detail::kBlank);
    const bool fold = octets.substr(at, behind - at).find('\n') != std::string_view::npos;
    unfolded[length] = fold ? ' ' : octets[at];
    at = fold ? behind : at + 1;
  }
  date_ = parse_date({unfolded.data(), length});
  date_malformed_ = !date_;
  if (date_malformed_ && !strictness.accept_malformed_date) {
    return failure(ErrorCode::bad_date, header->value.offset, HeaderId::date);
  }
  return {};
}

Message::Result Message::read_body(std::string_view octets, std::size_t body_offset) {
  const std::size_t rest = octets.size() - body_offset;
  std::size_t length = rest;
  if (const HeaderLine* header = first(HeaderId::content_length); header != nullptr) {
    const std::string_view digits = text(octets, header->value);
    const std::string_view significant = without_leading_zeros(digits);
    const auto number =
        significant.size() <= kMaxContentLengthDigits ? detail::decimal(significant, 99'999'999) : std::nullopt;
    if (!number) {
      return failure(ErrorCode::bad_content_length, header->value.offset, HeaderId::content_length);
    }
    if (*number > rest) {
      return failure(ErrorCode::content_length_beyond, header->value.offset, HeaderId::content_length);
    }
    content_length_ = number;
    length = *number;
  }
  body_ = detail::span_between(body_offset, body_offset + length);
  after_body_ = detail::span_between(body_offset + length, octets.size());
  return {};
}

}  // namespace stirline::sip
