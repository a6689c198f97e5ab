#include "dataplane/poll/outgoing_requests.hpp"

#include <algorithm>
#include <bit>

namespace stirline::dataplane {

OutgoingRequests::OutgoingRequests(std::uint32_t requests)
    : sets_(requests == 0 ? 0 : std::bit_ceil((requests + kWays - 1) / kWays)) {}

bool OutgoingRequests::remember(std::uint64_t key, sip::Method method, const config::wire::ContactRecord& parties,
                                std::uint64_t now_cycles) {
  if (parties.user.size() > config::wire::kMaxContactIdentity ||
      parties.contact.size() > config::wire::kMaxContactIdentity) {
    return false;
  }
  Set& set = set_of(key);
  auto* entry = std::ranges::find(set, key, &Entry::key);
  if (entry == set.end()) {
    entry = std::ranges::min_element(set, {}, &Entry::at);  // one that is free, or the oldest
  }
  const bool forgets = entry->at != 0 && entry->key != key;
  entry->key = key;
  entry->at = std::max<std::uint64_t>(now_cycles, 1);
  entry->method = method;
  entry->user = static_cast<std::uint8_t>(parties.user.size());
  entry->contact = static_cast<std::uint8_t>(parties.contact.size());
  std::ranges::copy(parties.user, entry->user_text.begin());
  std::ranges::copy(parties.contact, entry->contact_text.begin());
  return !forgets;
}

// The key leaves the method out, so that a CANCEL finds its INVITE: an answer to the CANCEL is none to the call.
std::optional<config::wire::ContactRecord> OutgoingRequests::answered(std::uint64_t key, sip::Method method,
                                                                      std::uint16_t status) {
  constexpr std::uint16_t kTrying = 100;
  Set& set = set_of(key);
  auto* const entry = std::ranges::find(set, key, &Entry::key);
  if (entry == set.end() || entry->at == 0 || entry->method != method || status <= kTrying) {
    return std::nullopt;
  }
  entry->at = 0;
  if (status >= 300) {
    return std::nullopt;
  }
  return config::wire::ContactRecord{.user = {entry->user_text.data(), entry->user},
                                     .contact = {entry->contact_text.data(), entry->contact}};
}

}  // namespace stirline::dataplane
