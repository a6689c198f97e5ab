// How a transaction is named in requests and in their answers: by the topmost Via and CSeq (RFC 3261 17.1.3, 17.2.3;
// INL-TX-01). Pure functions over memory of the caller.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::dataplane {

// As positions in the message.
struct TransactionPlace {
  sip::Span host;
  sip::Span port;
  sip::Span branch;
  sip::Span method;  // of CSeq
  sip::Span call_id;
  sip::Span from_tag;
  std::uint32_t cseq = 0;
};
[[nodiscard]] TransactionPlace transaction_of(const sip::Message& message);

// A request, by its octets and where its name stands in them. The key is the same for requests that belong together,
// and for no others as far as chance goes.
struct NamedRequest {
  std::string_view octets;
  TransactionPlace place;
  std::uint64_t key = 0;

  [[nodiscard]] std::uint32_t hash() const { return static_cast<std::uint32_t>(key); }
};

// `message` was parsed from `octets`; `seed` is random, so that nobody outside can aim at one bucket.
[[nodiscard]] NamedRequest name_of(const sip::Message& message, std::string_view octets, std::uint32_t seed);

// Do two requests belong together: copies of one, or INVITE and its CANCEL or ACK? The methods are not looked at. By
// Call-ID and From tag too: they are equal in all of these (RFC 3261 9.1, 17.1.1.3), and without the cookie in the
// branch they are what tells (RFC 2543).
[[nodiscard]] bool belong_together(const NamedRequest& one, const NamedRequest& other);

}  // namespace stirline::dataplane
