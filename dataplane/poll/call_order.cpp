// Messages of one transaction keep their order, and no other message waits for them (INL-UDP-04).
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

// A copy of a request that waits here adds nothing: it would only be sent a second time. A CANCEL that comes before its
// INVITE is lost on the next element, which knows of no such call (RFC 3261 9.2).
bool CallStage::keeps_order(Datagram& datagram) {
  if (parking_.used() == 0) {
    return false;
  }
  const NamedRequest request{datagram.payload(), transaction_of(message_)};
  const std::uint32_t index = parking_.find(hash_of(request, hash_seed_), [&](const Slot& slot) {
    return !slot.abandoned && slot.datagram.out_port == datagram.out_port &&
           belong_together({slot.datagram.payload(), slot.transaction}, request);
  });
  if (index == Parking::kNone) {
    return false;
  }
  Slot& slot = parking_[index];
  const auto end_here = [&](Counter counter) {
    context_.counters.add(counter, datagram.packets.count);
    context_.release(datagram);
    PollContext::free(datagram.packets);
    return true;
  };
  const std::span<const Datagram> followers = std::span(slot.followers).first(slot.follower_count);
  const auto is_copy = [&](const Datagram& held) { return held.payload() == datagram.payload(); };
  if (is_copy(slot.datagram) || std::ranges::any_of(followers, is_copy)) {
    return end_here(Counter::dropped_copies);
  }
  if (message_.method() != sip::Method::cancel && message_.method() != sip::Method::ack) {
    return false;  // of the same name, but no copy: it is decided on by itself
  }
  if (followers.size() == kMaxFollowers || held_packets_ + datagram.packets.count > context_.packet_share()) {
    return end_here(Counter::dropped_followers);  // the sender repeats it (RFC 3261 17.1.2.2)
  }
  slot.followers[slot.follower_count++] = datagram;
  held_packets_ += datagram.packets.count;
  context_.counters.add(Counter::followers);
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
