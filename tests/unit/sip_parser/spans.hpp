// Whether everything a parsed message points to lies inside it, and where it should. Used by tests and fuzzers.
#pragma once

#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip::test {

inline bool within(Span inner, Span outer) {
  return inner.empty() || (inner.offset >= outer.offset && inner.end() <= outer.end());
}

inline bool uri_is_sound(const Uri& uri, Span outer) {
  return within(uri.whole, outer) && within(uri.user, uri.whole) && within(uri.password, uri.whole) &&
         within(uri.host, uri.whole) && within(uri.port, uri.whole) && within(uri.params, uri.whole) &&
         within(uri.headers, uri.whole);
}

inline bool party_is_sound(const NameAddr& party, Span outer) {
  return within(party.whole, outer) && within(party.display_name, party.whole) &&
         uri_is_sound(party.uri, party.whole) && within(party.params, party.whole) && within(party.tag, party.params);
}

inline bool via_is_sound(const Via& via, Span outer) {
  return within(via.whole, outer) && within(via.transport, via.whole) && within(via.host, via.whole) &&
         within(via.port, via.whole) && within(via.branch, via.whole) && within(via.received, via.whole);
}

inline bool identity_is_sound(const IdentityHeader& identity, Span outer) {
  return within(identity.whole, outer) && within(identity.digest, identity.whole) &&
         within(identity.info, identity.whole) && within(identity.alg, identity.whole) &&
         within(identity.ppt, identity.whole);
}

// `message` was parsed from `octets` without error.
inline bool spans_lie_inside(const Message& message, std::string_view octets) {
  const Span all{0, static_cast<std::uint16_t>(octets.size())};
  const Span head{0, message.blank_line()};
  std::size_t behind = 0;
  bool sound = head.end() <= octets.size();
  for (const HeaderLine& line : message.headers()) {
    sound = sound && within(line.whole(), head) && within(line.name(), line.whole()) &&
            within(line.value(), line.whole()) && line.whole().offset >= behind && !line.name().empty();
    behind = line.whole().end();
  }
  sound = sound && behind == message.blank_line() && uri_is_sound(message.request_uri(), head) &&
          within(message.method_text(), head) && party_is_sound(message.from(), head) &&
          party_is_sound(message.to(), head) && within(message.call_id(), head) &&
          within(message.cseq_method(), head) && via_is_sound(message.top_via(), head);
  if (message.contact()) {
    sound = sound && party_is_sound(*message.contact(), head);
  }
  for (const NameAddr& party : message.asserted_identities()) {
    sound = sound && party_is_sound(party, head);
  }
  for (const IdentityHeader& identity : message.identities()) {
    sound = sound && identity_is_sound(identity, head);
  }
  return sound && within(message.body(), all) && within(message.after_body(), all) &&
         message.body().end() == message.after_body().offset && message.after_body().end() == octets.size();
}

}  // namespace stirline::sip::test
