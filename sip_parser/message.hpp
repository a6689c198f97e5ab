// One SIP message over one contiguous run of octets: the whole public face of the parser.
//
// Purpose: find every field the authentication and verification services need, exactly, without copying. A Message
// holds spans and numbers only; the octets stay where they are and belong to the caller, who passes them again to
// whatever needs text. Memory: about 6 kB, no heap; made once per thread and reused. Thread: one at a time; no shared
// state. Sources: RFC 3261 7, 8.1.1, 20, 25; RFC 3325; RFC 8224 4. Limits: notes at each constant; each has an
// ErrorCode.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "sip_parser/header_id.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/kernel/kernel.hpp"
#include "sip_parser/message_fields.hpp"
#include "sip_parser/message_parts.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"
#include "sip_parser/strictness.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip {

class Message {
 public:
  // Reads `octets` as one datagram. On success every accessor below is valid until the next call. On failure the
  // accessors must not be used, except start_line_known() and what it guards.
  [[nodiscard]] std::expected<void, ParseError> parse(std::string_view octets, const Strictness& strictness = {}) {
    return outcome(read(octets, strictness));
  }

  // The same with a kernel of choice, for tests and benchmarks; runs_here(kernel) must be true.
  [[nodiscard]] std::expected<void, ParseError> parse_with(Kernel kernel, std::string_view octets,
                                                           const Strictness& strictness = {}) {
    return outcome(read_with(kernel, octets, strictness));
  }

  // After a failed parse of a request: reads again what an answer to it needs, and no more (answer.hpp). True:
  // method(), headers(), via_count(), top_via(), from(), to(), call_id(), cseq() and cseq_method() hold; nothing else
  // does.
  [[nodiscard]] bool salvage(std::string_view octets);

  [[nodiscard]] Kind kind() const { return fields_.kind; }
  [[nodiscard]] Method method() const { return fields_.method; }          // of a response: the CSeq method
  [[nodiscard]] Span method_text() const { return fields_.method_text; }  // request only; case-sensitive (RFC 3261 7.1)
  [[nodiscard]] const Uri& request_uri() const {
    return fields_.request_uri;
  }  // request only; scheme other: only `whole` is set
  [[nodiscard]] std::uint16_t status() const { return fields_.status; }  // response only

  // True after a failed parse too, if the start line itself was read: kind() and method() (request) or status() then
  // hold.
  [[nodiscard]] bool start_line_known() const { return fields_.start_line_known; }

  [[nodiscard]] std::span<const HeaderLine> headers() const { return {fields_.headers.data(), fields_.header_count}; }
  [[nodiscard]] std::size_t count(HeaderId id) const { return fields_.chains.count(id); }
  [[nodiscard]] const HeaderLine* first(HeaderId id) const { return fields_.first(id); }  // nullptr if absent

  [[nodiscard]] const NameAddr& from() const { return fields_.from; }
  [[nodiscard]] const NameAddr& to() const { return fields_.to; }
  [[nodiscard]] Span call_id() const { return fields_.call_id; }
  [[nodiscard]] std::uint32_t cseq() const { return fields_.cseq; }  // below 2^31
  [[nodiscard]] Span cseq_method() const { return fields_.cseq_method; }
  [[nodiscard]] std::size_t via_count() const { return fields_.via_count; }  // values, not lines
  [[nodiscard]] const Via& top_via() const { return fields_.top_via; }
  [[nodiscard]] const std::optional<NameAddr>& contact() const {
    return fields_.contact;
  }  // first value; "*" is absent
  [[nodiscard]] std::span<const NameAddr> asserted_identities() const {
    return {fields_.asserted.data(), fields_.asserted_count};
  }
  [[nodiscard]] std::span<const IdentityHeader> identities() const {
    return {fields_.identities.data(), fields_.identity_count};
  }
  [[nodiscard]] std::size_t identities_seen() const {
    return fields_.identities_seen;
  }  // may exceed identities().size()
  [[nodiscard]] std::optional<std::uint8_t> max_forwards() const { return fields_.max_forwards; }
  // Seconds since 1970-01-01 UTC, or nothing if there is no Date or date_malformed().
  [[nodiscard]] std::optional<std::int64_t> date() const { return fields_.date; }
  [[nodiscard]] bool date_malformed() const { return fields_.date_malformed; }
  [[nodiscard]] std::optional<std::uint32_t> content_length() const { return fields_.content_length; }
  [[nodiscard]] Span body() const {
    return fields_.body;
  }  // Content-Length octets, or all the rest if there is none (UDP)
  [[nodiscard]] Span after_body() const {
    return fields_.after_body;
  }  // octets of the datagram behind the body (RFC 3261 18.3)
  [[nodiscard]] std::uint16_t blank_line() const {
    return fields_.blank_line;
  }  // offset of the CRLF that ends the header block

 private:
  [[nodiscard]] ParseError read(std::string_view octets, const Strictness& strictness);
  [[nodiscard]] ParseError read_with(Kernel kernel, std::string_view octets, const Strictness& strictness);

  // Made where it is used: handed through a call it would be written in parts and read as one, which processors wait
  // for.
  [[nodiscard]] static std::expected<void, ParseError> outcome(ParseError error) {
    if (error.code != ErrorCode::ok) {
      return std::unexpected(error);
    }
    return {};
  }

  detail::MessageFields fields_;
};

}  // namespace stirline::sip
