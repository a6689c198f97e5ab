#include "dataplane/poll/transaction.hpp"

#include <algorithm>
#include <array>

#include <rte_jhash.h>

namespace stirline::dataplane {

using sip::text;

namespace {

// Of every part, each ended by a zero, which no part holds.
std::uint64_t key_of(std::string_view octets, const TransactionPlace& place, std::uint32_t seed) {
  alignas(std::uint32_t) std::array<char, 192> chunk;  // rte_jhash() reads words; a name seldom needs a second chunk
  std::size_t used = 0;
  std::uint32_t low = seed ^ place.cseq;
  std::uint32_t high = ~seed;
  const auto mix = [&] {
    rte_jhash_2hashes(chunk.data(), static_cast<std::uint32_t>(used), &low, &high);
    used = 0;
  };
  for (const sip::Span part : {place.branch, place.call_id, place.from_tag, place.host, place.port}) {
    std::string_view rest = text(octets, part);
    while (rest.size() >= chunk.size() - used) {
      const std::size_t piece = chunk.size() - used;
      std::ranges::copy(rest.substr(0, piece), chunk.begin() + static_cast<std::ptrdiff_t>(used));
      rest.remove_prefix(piece);
      used = chunk.size();
      mix();
    }
    std::ranges::copy(rest, chunk.begin() + static_cast<std::ptrdiff_t>(used));
    used += rest.size();
    chunk[used++] = '\0';
  }
  mix();
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

TransactionPlace transaction_of(const sip::Message& message) {
  const sip::Via& via = message.top_via();
  return {.host = via.host,
          .port = via.port,
          .branch = via.branch,
          .method = message.cseq_method(),
          .call_id = message.call_id(),
          .from_tag = message.from().tag,
          .cseq = message.cseq()};
}

NamedRequest name_of(const sip::Message& message, std::string_view octets, std::uint32_t seed) {
  const TransactionPlace place = transaction_of(message);
  return {octets, place, key_of(octets, place, seed)};
}

bool belong_together(const NamedRequest& one, const NamedRequest& other) {
  const auto same = [&](sip::Span TransactionPlace::* part) {
    return text(one.octets, one.place.*part) == text(other.octets, other.place.*part);
  };
  return one.place.cseq == other.place.cseq && same(&TransactionPlace::branch) && same(&TransactionPlace::call_id) &&
         same(&TransactionPlace::from_tag) && same(&TransactionPlace::host) && same(&TransactionPlace::port);
}

}  // namespace stirline::dataplane
