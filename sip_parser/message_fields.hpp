// What reading a message fills: the memory behind `Message`. Internal; spans and numbers only, no heap.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sip_parser/header_chains.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/message_parts.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip::detail {

// Everything that is small: reset for each message.
struct SmallFields {
  Kind kind = Kind::request;
  Method method = Method::other;
  bool start_line_known = false;
  bool date_malformed = false;
  std::uint16_t status = 0;
  std::uint16_t blank_line = 0;
  std::uint32_t cseq = 0;
  std::uint16_t header_count = 0;
  std::uint16_t via_count = 0;
  std::uint16_t asserted_count = 0;
  std::uint16_t identity_count = 0;
  std::uint16_t identities_seen = 0;
  Span method_text;
  Span call_id;
  Span cseq_method;
  Span body;
  Span after_body;
  Uri request_uri;
  NameAddr from;
  NameAddr to;
  Via top_via;
  std::optional<NameAddr> contact;
  std::optional<std::int64_t> date;
  std::optional<std::uint8_t> max_forwards;
  std::optional<std::uint32_t> content_length;
};

// The arrays are never cleared: the counts above say how much of them holds.
struct MessageFields : SmallFields {
  HeaderChains chains;
  std::array<HeaderLine, kMaxHeaderLines + HeaderChains::kLinesAtOnce> headers;
  std::array<NameAddr, kMaxAssertedIdentities> asserted;
  std::array<IdentityHeader, kMaxIdentities> identities;

  void clear() {
    static_cast<SmallFields&>(*this) = {};
    chains.clear();
  }

  // In message order; nullptr if absent.
  [[nodiscard]] const HeaderLine* first(HeaderId id) const {
    HeaderChains::Cursor lines = chains.lines(id);
    return lines.at_end() ? nullptr : &headers[lines.next()];
  }
};

}  // namespace stirline::sip::detail
