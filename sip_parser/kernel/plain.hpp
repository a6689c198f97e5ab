// What a vector kernel reads by itself, step by step as read_values() asks for it. Each step answers true if it found
// everything it needs plain, and has then filled the fields exactly as the exact reader would.
#pragma once

#include <array>
#include <utility>

#include "sip_parser/date.hpp"
#include "sip_parser/kernel/head_copy.hpp"
#include "sip_parser/kernel/plain_head.hpp"
#include "sip_parser/kernel/plain_identity.hpp"
#include "sip_parser/kernel/plain_name_addr.hpp"
#include "sip_parser/kernel/plain_via.hpp"
#include "sip_parser/kernel/read_message.hpp"
#include "sip_parser/kernel/select.hpp"
#include "sip_parser/occurrence.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

template <typename Block>
class Plain {
 public:
  explicit Plain(const char* head) : octets_(head) {}

  [[nodiscard]] bool head(const LineEnds& ends, MessageFields& fields) const {
    return plain_start_line(octets_, ends.offsets[0], fields) && plain_header_lines(octets_, ends, fields);
  }

  // What must be there is (RFC 3261 8.1.1).
  [[nodiscard]] static bool complete(const MessageFields& fields, const Strictness& strictness) {
    const bool mandatory = [&fields]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
      return (fields.chains.has(kMandatory[kIndex]) && ...);
    }(std::make_index_sequence<kMandatory.size()>());
    return mandatory && strictness.accept_missing_max_forwards && strictness.accept_missing_contact;
  }

  // What may be there once is not there twice (INL-ED-03). Asked for late: the chains are read as a whole here, and
  // were written in pieces.
  [[nodiscard]] static bool unrepeated(const MessageFields& fields) {
    constexpr HeaderSet kOnce = set_of(kOnceOnly) | set_of(std::array{HeaderId::content_length});
    return fields.chains.repeated<Block>(kOnce) == 0;
  }

  [[nodiscard]] bool vias(MessageFields& fields, const Strictness& strictness) const {
    if (!strictness.accept_missing_branch_cookie) {
      return false;
    }
    auto lines = fields.chains.lines(HeaderId::via);
    std::size_t count = 1;
    if (!plain_top_via(octets_, fields.headers[lines.next()], fields.top_via)) {
      return false;
    }
    for (; !lines.at_end(); ++count) {
      if (count == kMaxVias || !plain_lower_via(octets_, fields.headers[lines.next()])) {
        return false;
      }
    }
    fields.via_count = static_cast<std::uint16_t>(count);
    return true;
  }

  // All that are plain at once (PlainParties says why).
  [[nodiscard]] PartiesRead parties(MessageFields& fields) const {
    PlainParties<Block> hands(octets_);
    if (fields.kind == Kind::request) {
      hands.add(fields.request_uri.whole, fields.request_uri);
    }
    hands.add(line_of(fields, HeaderId::from), fields.from);
    hands.add(line_of(fields, HeaderId::to), fields.to);
    auto contacts = fields.chains.lines(HeaderId::contact);
    const bool has_contact = !contacts.at_end();
    if (has_contact) {
      hands.add(fields.headers[contacts.next()], fields.contact.emplace());
    }
    std::size_t asserted = 0;
    auto lines = fields.chains.lines(HeaderId::p_asserted_identity);
    for (; !lines.at_end() && asserted < kMaxAssertedIdentities; ++asserted) {
      hands.add(fields.headers[lines.next()], fields.asserted[asserted]);
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
    const HeaderLine& line = line_of(fields, HeaderId::call_id);
    const std::size_t begin = line.value_begin;
    const std::size_t length = line.value_end - begin;
    set_span(fields.call_id, begin, length);
    const Block window = octets_.at(begin);
    const std::uint64_t blank = window.equal(' ') | window.equal('\t') | window.equal('\r');
    return length != 0 && length <= kWindow && (blank & below(length)) == 0;
  }

  // 1*8DIGIT SP method, the request's own.
  [[nodiscard]] bool cseq(MessageFields& fields) const {
    const HeaderLine& line = line_of(fields, HeaderId::cseq);
    const std::size_t begin = line.value_begin;
    const std::size_t length = line.value_end - begin;
    const Block window = octets_.at(begin);
    const auto classes = window.classes();
    const std::size_t digits = lowest(classes.outside(OctetClass::digit));
    const std::size_t method = digits + 1;
    if (digits - 1 >= 8 || !has(window.equal(' '), digits) || length == method || length >= kWindow ||
        lowest(classes.outside(OctetClass::token) & ~below(method)) != length) {
      return false;
    }
    set_span(fields.cseq_method, begin + method, length - method);
    fields.cseq = decimal_word(window.word() << (64 - 8 * digits));
    if (fields.kind == Kind::response) {
      fields.method = plain_method(octets_, begin + method, length - method);
      return true;
    }
    const std::uint64_t same = octets_.at(begin + method).equal(octets_.at(0));
    return length - method == fields.method_text.length && (~same & below(length - method)) == 0;
  }

  // Up to three digits.
  [[nodiscard]] bool max_forwards(MessageFields& fields) const {
    if (!fields.chains.has(HeaderId::max_forwards)) {
      return true;
    }
    std::uint32_t hops = 0;
    const bool plain = number(line_of(fields, HeaderId::max_forwards), 3, hops) && hops <= kMaxHops;
    fields.max_forwards = static_cast<std::uint8_t>(hops);
    return plain;
  }

  // One of the length that dates have.
  [[nodiscard]] bool date(MessageFields& fields) const {
    if (!fields.chains.has(HeaderId::date)) {
      return true;
    }
    const HeaderLine& line = line_of(fields, HeaderId::date);
    if (line.value_end - line.value_begin != kDateBytes) {
      return false;
    }
    fields.date = parse_date({octets_.address(line.value_begin), kDateBytes});
    return fields.date.has_value();
  }

  // A Content-Length of up to eight digits, and as many octets or more.
  [[nodiscard]] bool body(MessageFields& fields, std::size_t begin, std::size_t size) const {
    if (!fields.chains.has(HeaderId::content_length)) {
      return false;
    }
    std::uint32_t length = 0;
    const bool plain =
        number(line_of(fields, HeaderId::content_length), kMostDigitsAtOnce, length) && length <= size - begin;
    fields.content_length = length;
    set_span(fields.body, begin, length);
    set_span(fields.after_body, begin + length, size - begin - length);
    return plain;
  }

  [[nodiscard]] bool identities(MessageFields& fields) const {
    std::size_t count = 0;
    for (auto lines = fields.chains.lines(HeaderId::identity); !lines.at_end(); ++count) {
      if (count == kMaxIdentities || !plain_identity(octets_, fields.headers[lines.next()], fields.identities[count])) {
        return false;
      }
    }
    fields.identity_count = static_cast<std::uint16_t>(count);
    fields.identities_seen = fields.identity_count;
    return true;
  }

 private:
  [[nodiscard]] bool number(const HeaderLine& line, std::size_t most_digits, std::uint32_t& value) const {
    const std::size_t digits = std::size_t{line.value_end} - line.value_begin;
    return digits - 1 < most_digits && number_before(octets_.address(line.value_end), digits, value);
  }

  // The first line of a field that is there.
  [[nodiscard]] static const HeaderLine& line_of(const MessageFields& fields, HeaderId id) {
    return fields.headers[fields.chains.lines(id).next()];
  }

  Octets<Block> octets_;
};

// The whole of a vector kernel. A message whose head is not plain is for the exact readers altogether, and so is what
// is none at all.
template <typename Block>
[[nodiscard]] ParseError read_message_plainly(MessageFields& fields, std::string_view octets,
                                              const Strictness& strictness) {
  LineEnds ends;
  HeadCopy<Block> copy;
  if (!octets.empty() && octets.front() >= 'A' && octets.size() <= kMaxMessageBytes &&
      find_line_ends<Block>(octets, ends)) [[likely]] {
    const std::size_t body = ends.blank_line() + 2;
    const bool roomy = octets.size() - body >= kWindow;
    if (roomy || octets.size() <= HeadCopy<Block>::kMost) [[likely]] {
      fields.clear();
      const Plain<Block> plain(roomy ? octets.data() : copy.of(octets));
      if (plain.head(ends, fields) && plain.complete(fields, strictness)) [[likely]] {
        if (const PartiesRead parties = plain.parties(fields); parties.request_uri && plain.unrepeated(fields))
            [[likely]] {
          return read_values(plain, parties, fields, octets, strictness, body);
        }
      }
    }
  }
  return read_message_scalar(fields, octets, strictness);
}

}  // namespace stirline::sip::detail
