// What a vector kernel reads by itself, step by step as read_message() asks for it. Each step answers true if it found
// everything it needs plain, and has then filled the fields exactly as the exact reader would.
#pragma once

#include <array>

#include "sip_parser/kernel/plain_head.hpp"
#include "sip_parser/kernel/plain_identity.hpp"
#include "sip_parser/kernel/plain_name_addr.hpp"
#include "sip_parser/kernel/plain_via.hpp"
#include "sip_parser/kernel/read_message.hpp"
#include "sip_parser/kernel/select.hpp"
#include "sip_parser/occurrence.hpp"
#include "sip_parser/start_line.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

template <typename Block>
class Plain {
 public:
  Plain(const char* data, std::size_t size) : data_(data), size_(size), octets_(data, size) {}

  [[nodiscard]] bool head(MessageFields& fields, std::size_t& body) const {
    LineEnds ends;
    if (!find_line_ends(octets_, ends) || !plain_start_line(octets_, ends.offsets[0], fields) ||
        !plain_header_lines(octets_, ends, fields)) {
      return false;
    }
    body = ends.blank_line() + 2;
    return true;
  }

  // RFC 3261 8.1.1; INL-ED-03
  [[nodiscard]] static bool occurrence(const MessageFields& fields, const Strictness& strictness) {
    constexpr HeaderSet kOnce = set_of(kOnceOnly) | set_of(std::array{HeaderId::content_length});
    return strictness.accept_missing_max_forwards && strictness.accept_missing_contact &&
           (fields.chains.missing<Block>(set_of(kMandatory)) | fields.chains.repeated<Block>(kOnce)) == 0;
  }

  [[nodiscard]] bool vias(MessageFields& fields, const Strictness& strictness) const {
    if (!strictness.accept_missing_branch_cookie) {
      return false;
    }
    PlainVias<Block> vias(data_, size_, fields.top_via);
    auto lines = fields.chains.lines(HeaderId::via);
    for (; !lines.at_end() && vias.has_room();) {
      vias.add(fields.headers[lines.next()].value);
    }
    if (!lines.at_end() || !vias.read()) {
      return false;
    }
    fields.via_count = static_cast<std::uint16_t>(vias.count());
    return true;
  }

  // All that are plain at once (PlainParties says why).
  [[nodiscard]] PartiesRead parties(MessageFields& fields) const {
    PlainParties<Block> hands(data_, size_);
    if (fields.kind == Kind::request) {
      hands.add(fields.request_uri.whole, fields.request_uri);
    }
    hands.add(value_of(fields, HeaderId::from), fields.from);
    hands.add(value_of(fields, HeaderId::to), fields.to);
    auto contacts = fields.chains.lines(HeaderId::contact);
    const bool has_contact = !contacts.at_end();
    if (has_contact) {
      hands.add(fields.headers[contacts.next()].value, fields.contact.emplace());
    }
    std::size_t asserted = 0;
    auto lines = fields.chains.lines(HeaderId::p_asserted_identity);
    for (; !lines.at_end() && asserted < kMaxAssertedIdentities; ++asserted) {
      hands.add(fields.headers[lines.next()].value, fields.asserted[asserted]);
    }
    fields.asserted_count = static_cast<std::uint16_t>(asserted);
    const unsigned outcome = hands.read();
    const unsigned refused = outcome & ((1U << kMostParties) - 1);
    const unsigned first_asserted = has_contact ? 3 : 2;
    return {.request_uri = refused == outcome,
            .from = (refused & 1U) == 0,
            .to = (refused & 2U) == 0,
            .contacts = (!has_contact || (refused & 4U) == 0) && contacts.at_end(),
            .asserted_identities = refused >> first_asserted == 0 && lines.at_end()};
  }

  [[nodiscard]] bool call_id(MessageFields& fields) const {
    fields.call_id = value_of(fields, HeaderId::call_id);
    const std::size_t length = fields.call_id.length;
    const Block window = octets_.at(fields.call_id.offset);
    const std::uint64_t blank = window.equal(' ') | window.equal('\t') | window.equal('\r');
    return length != 0 && length <= kWindow && (blank & below(length)) == 0;
  }

  // 1*8DIGIT SP method, the request's own.
  [[nodiscard]] bool cseq(MessageFields& fields) const {
    const Span value = value_of(fields, HeaderId::cseq);
    const Block window = octets_.at(value.offset);
    const auto classes = window.classes();
    const std::size_t digits = run_end(classes.of(OctetClass::digit), 0);
    const std::size_t method = digits + 1;
    const std::size_t length = value.length;
    if (digits - 1 >= 8 || !has(window.equal(' '), digits) || length == method || length >= kWindow ||
        run_end(classes.of(OctetClass::token), method) != length) {
      return false;
    }
    set_span(fields.cseq_method, value.offset + method, length - method);
    fields.cseq = decimal_word(window.word() << (64 - 8 * digits));
    if (fields.kind == Kind::response) {
      fields.method = method_of({data_ + value.offset + method, length - method});
      return true;
    }
    const std::uint64_t same = octets_.at(value.offset + method).equal(octets_.at(0));
    return length - method == fields.method_text.length && (~same & below(length - method)) == 0;
  }

  [[nodiscard]] bool identities(MessageFields& fields) const {
    std::size_t count = 0;
    for (auto lines = fields.chains.lines(HeaderId::identity); !lines.at_end(); ++count) {
      if (count == kMaxIdentities ||
          !plain_identity(octets_, fields.headers[lines.next()].value, fields.identities[count])) {
        return false;
      }
    }
    fields.identity_count = static_cast<std::uint16_t>(count);
    fields.identities_seen = fields.identity_count;
    return true;
  }

 private:
  [[nodiscard]] static Span value_of(const MessageFields& fields, HeaderId id) {
    return fields.headers[fields.chains.lines(id).next()].value;
  }

  const char* data_;
  std::size_t size_;
  Octets<Block> octets_;
};

// The whole of a vector kernel. A message whose head is not plain is for the exact readers altogether, and so is what
// is none at all.
template <typename Block>
[[nodiscard]] ParseError read_message_plainly(MessageFields& fields, std::string_view octets,
                                              const Strictness& strictness) {
  if (!octets.empty() && octets.front() >= 'A' && octets.size() <= kMaxMessageBytes) [[likely]] {
    fields.clear();
    const Plain<Block> plain(octets.data(), octets.size());
    std::size_t body = 0;
    if (plain.head(fields, body) && plain.occurrence(fields, strictness)) [[likely]] {
      if (const PartiesRead parties = plain.parties(fields); parties.request_uri) [[likely]] {
        return read_values(plain, parties, fields, octets, strictness, body);
      }
    }
  }
  return read_message_scalar(fields, octets, strictness);
}

}  // namespace stirline::sip::detail
