// One SIP message over one contiguous run of octets: the whole public face of the parser.
//
// Purpose: find every field the authentication and verification services need, exactly, without copying. A Message
// holds spans and numbers only; the octets stay where they are and belong to the caller, who passes them again to
// whatever needs text. Memory: about 6 kB, no heap; made once per thread and reused. Thread: one at a time; no shared
// state. Sources: RFC 3261 7, 8.1.1, 20, 25; RFC 3325; RFC 8224 4. Limits: notes at each constant; each has an
// ErrorCode.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "sip_parser/header_id.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"
#include "sip_parser/strictness.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxMessageBytes = 65'535;  // RFC 3261 18.1.1
inline constexpr std::size_t kMaxHeaderBlockBytes = 49'152;
inline constexpr std::size_t kMaxHeaderLines = 256;
inline constexpr std::size_t kMaxFoldsPerHeader = 32;
inline constexpr std::size_t kMaxVias = 64;
inline constexpr std::size_t kMaxContacts = 32;
inline constexpr std::size_t kMaxAssertedIdentities = 4;  // RFC 3325 9.1 allows two
inline constexpr std::size_t kMaxIdentities = 16;         // STIR-HDR-02: what is beyond is counted, not read

enum class Kind : std::uint8_t { request, response };

enum class Method : std::uint8_t {
  other,
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,
  message,
  subscribe,
  notify,
  prack,
  update,
  info,
  refer,
  publish,
};

// One header field. A folded field is one line here; `whole` covers its continuation lines and the final CRLF.
struct HeaderLine {
  HeaderId id = HeaderId::unknown;
  Span name;   // as written
  Span value;  // outer blanks excluded, folds inside
  Span whole;  // name to CRLF: what to remove in order to remove the field
};

struct Via {
  Span whole;
  Span transport;
  Span host;  // sent-by without port
  Span port;  // digits, empty if absent
  Span branch;
  Span received;
  bool rport = false;  // the parameter is present (RFC 3581)
};

class Message {
 public:
  // Reads `octets` as one datagram. On success every accessor below is valid until the next call. On failure the
  // accessors must not be used, except start_line_known() and what it guards.
  [[nodiscard]] std::expected<void, ParseError> parse(std::string_view octets, const Strictness& strictness = {});

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] Method method() const { return method_; }          // of a response: the CSeq method
  [[nodiscard]] Span method_text() const { return method_text_; }  // request only; case-sensitive (RFC 3261 7.1)
  [[nodiscard]] const Uri& request_uri() const {
    return request_uri_;
  }  // request only; scheme other: only `whole` is set
  [[nodiscard]] std::uint16_t status() const { return status_; }  // response only

  // True after a failed parse too, if the start line itself was read: kind() and method() (request) or status() then
  // hold.
  [[nodiscard]] bool start_line_known() const { return start_line_known_; }

  [[nodiscard]] std::span<const HeaderLine> headers() const { return {headers_.data(), header_count_}; }
  [[nodiscard]] std::size_t count(HeaderId id) const { return counts_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const HeaderLine* first(HeaderId id) const;  // in message order; nullptr if absent

  [[nodiscard]] const NameAddr& from() const { return from_; }
  [[nodiscard]] const NameAddr& to() const { return to_; }
  [[nodiscard]] Span call_id() const { return call_id_; }
  [[nodiscard]] std::uint32_t cseq() const { return cseq_; }  // below 2^31
  [[nodiscard]] Span cseq_method() const { return cseq_method_; }
  [[nodiscard]] std::size_t via_count() const { return via_count_; }  // values, not lines
  [[nodiscard]] const Via& top_via() const { return top_via_; }
  [[nodiscard]] const std::optional<NameAddr>& contact() const { return contact_; }  // first value; "*" is absent
  [[nodiscard]] std::span<const NameAddr> asserted_identities() const { return {asserted_.data(), asserted_count_}; }
  [[nodiscard]] std::span<const IdentityHeader> identities() const { return {identities_.data(), identity_count_}; }
  [[nodiscard]] std::size_t identities_seen() const { return identities_seen_; }  // may exceed identities().size()
  [[nodiscard]] std::optional<std::uint8_t> max_forwards() const { return max_forwards_; }
  // Seconds since 1970-01-01 UTC, or nothing if there is no Date or date_malformed().
  [[nodiscard]] std::optional<std::int64_t> date() const { return date_; }
  [[nodiscard]] bool date_malformed() const { return date_malformed_; }
  [[nodiscard]] std::optional<std::uint32_t> content_length() const { return content_length_; }
  [[nodiscard]] Span body() const { return body_; }  // Content-Length octets, or all the rest if there is none (UDP)
  [[nodiscard]] Span after_body() const {
    return after_body_;
  }  // octets of the datagram behind the body (RFC 3261 18.3)
  [[nodiscard]] std::uint16_t blank_line() const {
    return blank_line_;
  }  // offset of the CRLF that ends the header block

 private:
  using Result = std::expected<void, ParseError>;

  void reset();
  void classify();
  [[nodiscard]] Result check_once_only() const;
  [[nodiscard]] Result check_present(const Strictness& strictness) const;
  [[nodiscard]] Result read_vias(std::string_view octets, const Strictness& strictness);
  [[nodiscard]] Result read_party(std::string_view octets, HeaderId id, NameAddr& party) const;
  [[nodiscard]] Result read_call_id(std::string_view octets);
  [[nodiscard]] Result read_cseq(std::string_view octets);
  [[nodiscard]] Result read_max_forwards(std::string_view octets);
  [[nodiscard]] Result read_contacts(std::string_view octets);
  [[nodiscard]] Result read_asserted_identities(std::string_view octets);
  void read_identities(std::string_view octets);
  [[nodiscard]] Result read_date(std::string_view octets, const Strictness& strictness);
  [[nodiscard]] Result read_body(std::string_view octets, std::size_t body_offset);

  Kind kind_ = Kind::request;
  Method method_ = Method::other;
  bool start_line_known_ = false;
  bool date_malformed_ = false;
  std::uint16_t status_ = 0;
  std::uint16_t blank_line_ = 0;
  std::uint32_t cseq_ = 0;
  std::size_t header_count_ = 0;
  std::size_t via_count_ = 0;
  std::size_t asserted_count_ = 0;
  std::size_t identity_count_ = 0;
  std::size_t identities_seen_ = 0;
  Span method_text_;
  Uri request_uri_;
  NameAddr from_;
  NameAddr to_;
  Span call_id_;
  Span cseq_method_;
  Via top_via_;
  std::optional<NameAddr> contact_;
  std::optional<std::int64_t> date_;
  std::optional<std::uint8_t> max_forwards_;
  std::optional<std::uint32_t> content_length_;
  Span body_;
  Span after_body_;
  std::array<std::uint16_t, kHeaderIds> counts_{};
  std::array<std::uint16_t, kHeaderIds> first_{};  // index in headers_, where counts_ is not zero
  std::array<HeaderLine, kMaxHeaderLines> headers_;
  std::array<NameAddr, kMaxAssertedIdentities> asserted_;
  std::array<IdentityHeader, kMaxIdentities> identities_;
};

}  // namespace stirline::sip
