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
  explicit PlainParties(const Octets<Block>& octets) : octets_(octets) {}

  // The URI that fills `where`; a space stands behind it.
  [[gnu::always_inline]] void add(Span where, Uri& uri) {
    request_.where = where;
    request_.uri = &uri;
  }

  // The party that fills the value of `line`; at most kMostParties.
  [[gnu::always_inline]] void add(const HeaderLine& line, NameAddr& party) {
    Hand& hand = hands_[count_++];
    hand.party = &party;
    hand.begin = line.value_begin;
    hand.end = line.value_end;
  }

  // Fills what is plain. Bit i of the result: the party that was added as number i is not; bit kMostParties: the URI.
  [[gnu::noinline]] unsigned read() {
    const Octets<Block> octets = octets_;
    const std::size_t count = count_;
    UserPart request{};
    if (request_.uri != nullptr) {
      const std::size_t begin = request_.where.offset;
      request = find_user_part(octets.at(begin).classes(), begin, 0, request_.where.length, true);
    }
    for (std::size_t i = 0; i < count; ++i) {
      find_user(octets, hands_[i]);
    }
    unsigned refused = 0;
    if (request_.uri != nullptr) {
      const bool plain = plain_uri(octets, request, ' ', *request_.uri) == request_.where.end();
      refused = static_cast<unsigned>(!plain) << kMostParties;
    }
    for (std::size_t i = 0; i < count; ++i) {
      hands_[i].close = plain_uri(octets, hands_[i].user, '>', hands_[i].party->uri);
    }
    for (std::size_t i = 0; i < count; ++i) {
      refused |= static_cast<unsigned>(!find_tag(octets, hands_[i])) << i;
    }
    return refused;
  }

 private:
  struct Hand {
    NameAddr* party;
    std::size_t begin;
    std::size_t end;
    UserPart user;
    std::size_t close;  // where '>' stands; 0: not plain
  };
  struct Request {
    Span where;
    Uri* uri = nullptr;
  };

  // From the start to the end of the URI's user part.
  [[gnu::always_inline]] static void find_user(const Octets<Block>& octets, Hand& hand) {
    const std::size_t begin = hand.begin;
    const Block window = octets.at(begin);
    const auto classes = window.classes();
    const std::size_t open = lowest(window.equal('<'));
    // A name is in two quotes altogether, or of tokens and spaces.
    const std::uint64_t gap = below(open);
    const std::uint64_t no_space = ~window.equal(' ');
    const std::size_t name = kWindow - static_cast<std::size_t>(_lzcnt_u64(gap & no_space));
    const std::uint64_t quotes = window.equal('"') & gap;
    const std::uint64_t quoted = 0 - (quotes & 1U);
    const std::uint64_t both_quotes = (1 + (std::uint64_t{1} << ((name - 1) % kWindow))) & quoted;
    const std::uint64_t misfits =
        (window.equal('\\') & quoted) | (classes.outside(OctetClass::token) & no_space & ~quoted);
    const bool plain = ((quotes ^ both_quotes) | (misfits & gap)) == 0 && open < kWindow;
    hand.user = find_user_part(classes, begin, open + 1, hand.end - begin, plain);
    set_span(hand.party->whole, begin, hand.end - begin);
    set_span(hand.party->display_name, begin, name);
    hand.party->bracketed = true;
  }

  // From behind the URI to the end. False if that is not plain, or what is in front of it was not.
  [[gnu::always_inline]] static bool find_tag(const Octets<Block>& octets, const Hand& hand) {
    constexpr std::size_t kTag = 5;  // ";tag="
    const std::size_t end = hand.end;
    const std::size_t behind = hand.close + 1;
    NameAddr& party = *hand.party;
    if (behind >= end) {
      party.params = {};
      party.tag = {};
      return behind == end;
    }
    const std::size_t length = end - behind;
    const Block window = octets.at(behind);
    set_span(party.params, behind + 1, length - 1);
    set_span(party.tag, behind + kTag, length - kTag);
    return ";tag="_any_case.leads(window.word()) && length > kTag && hand.close != 0 &&
           length == lowest(window.classes().outside(OctetClass::param_value) & ~below(kTag));
  }

  Octets<Block> octets_;
  Request request_;
  std::size_t count_ = 0;
  std::array<Hand, kMostParties> hands_;
};

}  // namespace stirline::sip::detail
