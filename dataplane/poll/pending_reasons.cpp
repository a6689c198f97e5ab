#include "dataplane/poll/pending_reasons.hpp"

#include <algorithm>

#include <rte_jhash.h>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::dataplane {

PendingReasons::PendingReasons(std::uint32_t calls, int socket, std::uint32_t hash_seed, std::uint64_t linger_cycles)
    : calls_(calls), index_(calls, socket), by_age_(calls), hash_seed_(hash_seed), linger_cycles_(linger_cycles) {}

PendingReasons::Remembered PendingReasons::remember(std::string_view octets, const TransactionPlace& place,
                                                    const crypto::Complaints& complaints, bool name_tokens) {
  Name name;
  if (!write_name(octets, place, name)) {
    return Remembered::no;
  }
  const std::uint32_t hash = hash_of(name);
  auto remembered = Remembered::yes;
  std::uint32_t slot = find(name, hash);
  if (slot == kNoSlot) {
    if (index_.taken() == calls_.size()) {
      index_.give_back(by_age_[oldest_]);
      remembered = Remembered::in_place_of_another;
    }
    slot = index_.take(hash);
    by_age_[oldest_] = slot;
    oldest_ = oldest_ + 1 < by_age_.size() ? oldest_ + 1 : 0;
    calls_[slot].final_at = 0;
  }
  Call& call = calls_[slot];
  call.name = name;
  call.complaints = complaints;
  call.name_tokens = name_tokens;
  return remembered;
}

std::string_view PendingReasons::line_for(std::string_view octets, const TransactionPlace& place, std::uint16_t status,
                                          std::uint64_t now_cycles, crypto::ReasonLine& line) {
  constexpr std::uint16_t kTrying = 100;  // from hop to hop, of interest to nobody else
  Name name;
  if (status == kTrying || !write_name(octets, place, name)) {
    return {};
  }
  const std::uint32_t slot = find(name, hash_of(name));
  if (slot == kNoSlot) {
    return {};
  }
  Call& call = calls_[slot];
  if (call.final_at != 0 && now_cycles - call.final_at > linger_cycles_) {
    return {};
  }
  if (status >= 200 && call.final_at == 0) {
    call.final_at = now_cycles;
  }
  return crypto::write_complaints(call.complaints.view(), call.name_tokens, line);
}

// A separator that no part of it can hold stands between two.
bool PendingReasons::write_name(std::string_view octets, const TransactionPlace& place, Name& name) {
  crypto::TextWriter text(name.text);
  for (const sip::Span part : {place.branch, place.host, place.port, place.method}) {
    text.add(sip::text(octets, part));
    text.add(' ');
  }
  text.add(place.cseq);
  name.length = static_cast<std::uint16_t>(text.length());
  return !text.overflow() && !place.branch.empty();
}

std::uint32_t PendingReasons::hash_of(const Name& name) const {
  return rte_jhash(name.text.data(), name.length, hash_seed_);
}

std::uint32_t PendingReasons::find(const Name& name, std::uint32_t hash) const {
  return index_.find(hash, [&](std::uint32_t slot) { return calls_[slot].name.view() == name.view(); });
}

}  // namespace stirline::dataplane
