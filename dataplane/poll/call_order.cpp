// Messages of one transaction keep their order, and no other message waits for them (INL-UDP-04). A copy of a signed
// request is sent as the first was (INL-TX-02).
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <rte_cycles.h>

#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

// A copy of a request that waits here adds nothing: it would only be sent a second time. A CANCEL that comes before its
// INVITE is lost on the next element, which knows of no such call (RFC 3261 9.2).
bool CallStage::keeps_order(Datagram& datagram) {
  if (parking_.used() == 0) {
    return false;
  }
  const std::uint32_t index = parking_.find(request_.hash(), [&](const Slot& slot) {
    return !slot.abandoned && slot.datagram.out_port == datagram.out_port && belong_together(slot.name, request_);
  });
  if (index == Parking::kNone) {
    return false;
  }
  Slot& slot = parking_[index];
  const std::span<const Datagram> followers = std::span(slot.followers).first(slot.follower_count);
  const auto is_copy = [&](const Datagram& held) { return held.payload() == datagram.payload(); };
  if (is_copy(slot.datagram) || std::ranges::any_of(followers, is_copy)) {
    end_here(datagram, Counter::dropped_copies);
    return true;
  }
  // It waits for a certificate, which may take long: whoever gave up need not wait along (INL-TX-08).
  const bool is_waiting = !slot.listed && slot.wait_until != 0;
  if (message_.method() == sip::Method::cancel && is_waiting && slot.trunk->config.answers.any()) {
    cancel_waiting(datagram, slot);
    return true;
  }
  if (message_.method() != sip::Method::cancel && message_.method() != sip::Method::ack) {
    return false;  // of the same name, but no copy: it is decided on by itself
  }
  if (followers.size() == kMaxFollowers || held_packets_ + datagram.packets.count > context_.packet_share()) {
    end_here(datagram, Counter::dropped_followers);  // the sender repeats it (RFC 3261 17.1.2.2)
    return true;
  }
  slot.followers[slot.follower_count++] = datagram;
  held_packets_ += datagram.packets.count;
  context_.counters.add(Counter::followers);
  context_.watcher.parked(datagram, "behind_its_request");
  return true;
}

void CallStage::end_here(Datagram& datagram, Counter counter) {
  context_.watcher.ended(datagram, counter);
  context_.counters.add(counter, datagram.packets.count);
  context_.release(datagram);
  PollContext::free(datagram.packets);
}

// Once decided, a request stays signed as it is, even if it would be signed otherwise by now, or not at all (INL-TX-02,
// INL-TX-09).
bool CallStage::sends_copy(Datagram& datagram, const Trunk& trunk, const crypto::MarkPlan& departure) {
  if (!message_.to().tag.empty()) {
    return false;
  }
  const auto inserted = signed_.find(request_, trunk.config.name, datagram.fingerprint(), rte_rdtsc());
  if (!inserted) {
    return false;
  }
  const crypto::SignatureEdits signature{sip::insertion_offset(message_, trunk.insert_at), inserted->date.has_value(),
                                         inserted->date.value_or(0)};
  sip::EditList edits;
  crypto::DateLine date_line;
  if (!crypto::apply_marks(departure, {}, edits) ||
      !crypto::insert_signature(signature, inserted->lines, date_line, edits)) {
    return false;
  }
  context_.counters.add(Counter::signed_again);
  context_.watcher.decided(datagram, to_string(config::wire::Decision::signed_), "signed_again");
  if (sender_.write(datagram, edits)) {
    sender_.retire(datagram);
  } else {
    sender_.leave_unedited(datagram, departure.removals.empty());
  }
  return true;
}

// Each by the trunk and the generation of the message it waited for. The slot may be taken anew meanwhile.
void CallStage::let_followers_go(Slot& slot) {
  const std::size_t count = std::exchange(slot.follower_count, std::uint8_t{0});
  if (count == 0) {
    return;
  }
  std::array<Datagram, kMaxFollowers> followers = slot.followers;
  const bool is_signing = slot.job.kind == crypto::JobKind::sign;
  const TrunkMatch match{slot.trunk, is_signing ? Direction::to_peer : Direction::from_peer};
  const Live& live = *slot.live;
  for (Datagram& follower : std::span(followers).first(count)) {
    held_packets_ -= follower.packets.count;
    if (message_.parse(follower.payload())) {
      handle_request(follower, match, live);
    } else {
      sender_.pass(follower);  // cannot be: it parsed when it came
    }
  }
}

}  // namespace stirline::dataplane
