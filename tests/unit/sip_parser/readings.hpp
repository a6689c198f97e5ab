// Whether two kernels read the same from the same octets, to the last span. Used by tests and fuzzers.
#pragma once

#include <algorithm>
#include <expected>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip::test {

inline bool same(const Uri& a, const Uri& b) {
  return a.scheme == b.scheme && a.whole == b.whole && a.user == b.user && a.password == b.password &&
         a.host == b.host && a.port == b.port && a.params == b.params && a.headers == b.headers;
}

inline bool same(const NameAddr& a, const NameAddr& b) {
  return a.whole == b.whole && a.display_name == b.display_name && same(a.uri, b.uri) && a.params == b.params &&
         a.tag == b.tag && a.bracketed == b.bracketed;
}

inline bool same(const Via& a, const Via& b) {
  return a.whole == b.whole && a.transport == b.transport && a.host == b.host && a.port == b.port &&
         a.branch == b.branch && a.received == b.received && a.rport == b.rport;
}

inline bool same(const IdentityHeader& a, const IdentityHeader& b) {
  return a.whole == b.whole && a.digest == b.digest && a.info == b.info && a.alg == b.alg && a.ppt == b.ppt &&
         a.compact == b.compact && a.error == b.error;
}

inline bool same(const HeaderLine& a, const HeaderLine& b) {
  return a.id == b.id && a.name() == b.name() && a.value() == b.value() && a.whole() == b.whole();
}

// Names are found by their first line too.
inline bool same_index(const Message& a, const Message& b) {
  for (std::size_t i = 0; i < kHeaderIds; ++i) {
    const auto id = static_cast<HeaderId>(i);
    const HeaderLine* const first = a.first(id);
    const HeaderLine* const other = b.first(id);
    if (a.count(id) != b.count(id) || (first == nullptr) != (other == nullptr) ||
        (first != nullptr && first - a.headers().data() != other - b.headers().data())) {
      return false;
    }
  }
  return true;
}

inline bool same_start_line(const Message& a, const Message& b) {
  return a.start_line_known() == b.start_line_known() &&
         (!a.start_line_known() || (a.kind() == b.kind() && a.status() == b.status() &&
                                    (a.kind() == Kind::response || a.method() == b.method())));
}

// After both were parsed without error.
inline bool same_fields(const Message& a, const Message& b) {
  const auto all_same = [](const auto& left, const auto& right) {
    return std::ranges::equal(left, right, [](const auto& x, const auto& y) { return same(x, y); });
  };
  return a.method() == b.method() && a.method_text() == b.method_text() && same(a.request_uri(), b.request_uri()) &&
         all_same(a.headers(), b.headers()) && same_index(a, b) && same(a.from(), b.from()) && same(a.to(), b.to()) &&
         a.call_id() == b.call_id() && a.cseq() == b.cseq() && a.cseq_method() == b.cseq_method() &&
         a.via_count() == b.via_count() && same(a.top_via(), b.top_via()) &&
         a.contact().has_value() == b.contact().has_value() && (!a.contact() || same(*a.contact(), *b.contact())) &&
         all_same(a.asserted_identities(), b.asserted_identities()) && all_same(a.identities(), b.identities()) &&
         a.identities_seen() == b.identities_seen() && a.max_forwards() == b.max_forwards() && a.date() == b.date() &&
         a.date_malformed() == b.date_malformed() && a.content_length() == b.content_length() && a.body() == b.body() &&
         a.after_body() == b.after_body() && a.blank_line() == b.blank_line();
}

using Outcome = std::expected<void, ParseError>;

inline bool same_reading(const Message& a, const Outcome& outcome, const Message& b, const Outcome& other) {
  if (outcome.has_value() != other.has_value() || !same_start_line(a, b)) {
    return false;
  }
  if (outcome) {
    return same_fields(a, b);
  }
  return outcome.error().code == other.error().code && outcome.error().offset == other.error().offset &&
         outcome.error().header == other.error().header;
}

}  // namespace stirline::sip::test
