#include "dataplane/poll/transaction.hpp"

#include <algorithm>
#include <array>

#include <rte_jhash.h>

namespace stirline::dataplane {

using sip::text;

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

bool belong_together(const NamedRequest& one, const NamedRequest& other) {
  const auto same = [&](sip::Span TransactionPlace::* part) {
    return text(one.octets, one.place.*part) == text(other.octets, other.place.*part);
  };
  return one.place.cseq == other.place.cseq && same(&TransactionPlace::branch) && same(&TransactionPlace::call_id) &&
         same(&TransactionPlace::from_tag) && same(&TransactionPlace::host) && same(&TransactionPlace::port);
}

// Of the branch and the Call-ID the last octets: what differs between requests of one element stands there as a rule.
std::uint32_t hash_of(const NamedRequest& request, std::uint32_t seed) {
  constexpr std::size_t kTail = 64;
  alignas(std::uint32_t) std::array<char, 2 * kTail> name{};  // rte_jhash() reads words
  const auto tail = [&](sip::Span part) {
    const std::string_view whole = text(request.octets, part);
    return whole.substr(whole.size() - std::min(whole.size(), kTail));
  };
  const std::string_view branch = tail(request.place.branch);
  const std::string_view call_id = tail(request.place.call_id);
  std::ranges::copy(branch, name.begin());
  std::ranges::copy(call_id, name.begin() + static_cast<std::ptrdiff_t>(branch.size()));
  return rte_jhash(name.data(), static_cast<std::uint32_t>(branch.size() + call_id.size()), seed ^ request.place.cseq);
}

}  // namespace stirline::dataplane
