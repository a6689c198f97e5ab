// The Request-URI and plain name-addr values: [display name] "<" plain URI ">" [";tag=" token] (RFC 3261 20.10, 25.1).
//
// In three steps, each a loop over all values of the message. A step waits long for what it loads and compares, and a
// value's next step waits for it; side by side the values wait together.
#pragma once

#include <array>

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"
#include "sip_parser/message_parts.hpp"
#include "sip_parser/name_addr.hpp"

namespace stirline::sip::detail {

inline constexpr std::size_t kMostParties = 3 + kMaxAssertedIdentities;  // From, To, Contact

template <typename Block>
class PlainParties {
 public:
  PlainParties(const char* data, std::size_t size) : octets_(data, size) {}

  // The URI that fills `where`; a space stands behind it.
  [[gnu::always_inline]] void add(Span where, Uri& uri) {
    request_.where = where;
    request_.uri = &uri;
  }

  // At most kMostParties. `value` has no outer blanks.
  [[gnu::always_inline]] void add(Span value, NameAddr& party) {
    Hand& hand = hands_[count_++];
    hand.party = &party;
    hand.value = value;
  }

  // Fills what is plain. Bit i of the result: the party that was added as number i is not; bit kMostParties: the URI.
  [[gnu::noinline]] unsigned read() {
    unsigned refused = 0;
    UserPart request{};
    if (request_.uri != nullptr) {
      const Block window = octets_.at(request_.where.offset);
      const std::uint64_t at_signs = window.equal('@');
      request = find_user_part(window, request_.where.offset, 0, at_signs, lowest(at_signs | window.equal(' ')));
    }
    for (std::size_t i = 0; i < count_; ++i) {
      refused |= static_cast<unsigned>(!find_user(hands_[i])) << i;
    }
    if (request_.uri != nullptr) {
      const bool plain = plain_uri(octets_, request, ' ', *request_.uri) == request_.where.end();
      refused |= static_cast<unsigned>(!plain) << kMostParties;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      refused |= static_cast<unsigned>(!find_host(hands_[i])) << i;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      refused |= static_cast<unsigned>(!find_tag(hands_[i])) << i;
    }
    return refused;
  }

 private:
  struct Hand {
    NameAddr* party;
    Span value;
    UserPart user;
    std::size_t close;  // where '>' stands
  };
  struct Request {
    Span where;
    Uri* uri = nullptr;
  };

  // From the start to the end of the URI's user part. The places come from the first '@' and the '<' before it; whether
  // they are right is found out beside that.
  [[gnu::always_inline]] bool find_user(Hand& hand) const {
    const std::size_t begin = hand.value.offset;
    const Block window = octets_.at(begin);
    const std::uint64_t at_signs = window.equal('@');
    const std::size_t end = lowest(at_signs | window.equal('>'));
    const std::uint64_t brackets = window.equal('<') & below(end);
    const std::size_t open = kWindow - 1 - static_cast<std::size_t>(_lzcnt_u64(brackets));
    hand.user = find_user_part(window, begin, open + 1, at_signs, end);
    // A quoted name goes to the second quote, then spaces; any other is tokens and spaces.
    const std::uint64_t gap = below(open);
    const std::uint64_t space = window.equal(' ');
    const std::uint64_t quotes = window.equal('"') & gap;
    const std::uint64_t quoted = std::uint64_t{0} - (quotes & 1U);
    const std::size_t name = (lowest(quotes & (quotes - 1)) + 1) & quoted;
    const std::uint64_t tokens = window.classes().of(OctetClass::token) & ~quoted;
    const std::size_t unquoted = kWindow - static_cast<std::size_t>(_lzcnt_u64(gap & ~space));
    hand.party->whole = hand.value;
    set_span(hand.party->display_name, begin, quoted != 0 ? name : unquoted);
    hand.party->bracketed = true;
    return brackets != 0 && name <= open && all_of(space | tokens | below(name), gap) &&
           (window.equal('\\') & gap) == 0;
  }

  [[gnu::always_inline]] bool find_host(Hand& hand) const {
    hand.close = plain_uri(octets_, hand.user, '>', hand.party->uri);
    return hand.close != 0;
  }

  // From behind the URI to the end.
  [[gnu::always_inline]] bool find_tag(Hand& hand) const {
    constexpr std::size_t kTag = 5;  // ";tag="
    const std::size_t end = hand.value.end();
    const std::size_t behind = hand.close + 1;
    NameAddr& party = *hand.party;
    if (behind >= end) {
      party.params = {};
      party.tag = {};
      return behind == end;
    }
    const std::size_t length = end - behind;
    const Block window = octets_.at(behind);
    set_span(party.params, behind + 1, length - 1);
    set_span(party.tag, behind + kTag, length - kTag);
    return ";tag="_any_case.leads(window.word()) && length > kTag &&
           length == run_end(window.classes().of(OctetClass::param_value), kTag);
  }

  Octets<Block> octets_;
  Request request_;
  std::size_t count_ = 0;
  std::array<Hand, kMostParties> hands_;
};

}  // namespace stirline::sip::detail
