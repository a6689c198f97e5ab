// How full the call stage's tables and rings are, for all to see.
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/table_fills.hpp"

namespace stirline::dataplane {

void CallStage::show_fills(TableFills& fills) {
  const auto arrived = [&](std::uint32_t slot) {
    return slot == Parking::kNone ? std::uint64_t{0} : parking_[slot].datagram.arrived;
  };
  fills.show(BoundedTable::parking, parking_.used(), arrived(parking_.oldest()));
  fills.show(BoundedTable::waiting_calls, waiting_.used(), arrived(waiting_.first().value_or(Parking::kNone)));
  fills.show(BoundedTable::signed_requests, signed_.used_octets(), signed_.oldest_at());
  fills.show(BoundedTable::replay_watch, replays_.used(), replays_.oldest_at());
  fills.show(BoundedTable::pending_reasons, reasons_.used(), 0);
  fills.show(BoundedTable::ringing_calls, ringing_.used(), 0);
  fills.show(BoundedTable::sources, sources_.used(), 0);
  fills.show(BoundedTable::large_buffers, context_.store.large_lent(), 0);
}

// This thread is the one end of each ring that can tell exactly.
void CallStage::show_queues() {
  links_.show_queued(parking_.places());
}

}  // namespace stirline::dataplane
