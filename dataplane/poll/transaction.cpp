#include "dataplane/poll/transaction.hpp"

#include <algorithm>
#include <array>

#include <rte_jhash.h>

namespace stirline::dataplane {

using sip::text;

namespace {

// Of the branch and the Call-ID the last octets: what differs between requests of one element stands there as a rule.
std::uint32_t hash_of(std::string_view octets, const TransactionPlace& place, std::uint32_t seed) {
  constexpr std::size_t kTail = 64;
  alignas(std::uint32_t) std::array<char, 2 * kTail> name{};  // rte_jhash() reads words
  const auto tail = [&](sip::Span part) {
    const std::string_view whole = text(octets, part);
    return whole.substr(whole.size() - std::min(whole.size(), kTail));
  };
  const std::string_view branch = tail(place.branch);
  const std::string_view call_id = tail(place.call_id);
  std::ranges::copy(branch, name.begin());
  std::ranges::copy(call_id, name.begin() + static_cast<std::ptrdiff_t>(branch.size()));
  return rte_jhash(name.data(), static_cast<std::uint32_t>(branch.size() + call_id.size()), seed ^ place.cseq);
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
  return {octets, place, hash_of(octets, place, seed)};
}

bool belong_together(const NamedRequest& one, const NamedRequest& other) {
  const auto same = [&](sip::Span TransactionPlace::* part) {
    return text(one.octets, one.place.*part) == text(other.octets, other.place.*part);
  };
  return one.place.cseq == other.place.cseq && same(&TransactionPlace::branch) && same(&TransactionPlace::call_id) &&
         same(&TransactionPlace::from_tag) && same(&TransactionPlace::host) && same(&TransactionPlace::port);
}

}  // namespace stirline::dataplane
