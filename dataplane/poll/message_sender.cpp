#include "dataplane/poll/message_sender.hpp"

#include <array>

#include <rte_cycles.h>

namespace stirline::dataplane {

MessageSender::MessageSender(PollContext& context)
    : context_(context), next_identification_(static_cast<std::uint32_t>(rte_rdtsc())) {}

void MessageSender::pass(Datagram& datagram) {
  tell_sent(datagram);
  context_.release(datagram);
  context_.forward(datagram.packets, datagram.out_port);
  context_.delays.sent(datagram.path, datagram.arrived);
}

void MessageSender::tell_sent(const Datagram& datagram) {
  for (const rte_mbuf* packet : std::span(datagram.packets.packets).first(datagram.packets.count)) {
    context_.watcher.packet_out(datagram, datagram.out_port, packet);
  }
  context_.watcher.sent(datagram, "unchanged");
}

void MessageSender::refuse_malformed(Datagram& datagram) {
  if (context_.config.bad_input.malformed_sip == config::OnBad::forward) {
    tell_sent(datagram);
  } else {
    context_.watcher.ended(datagram, Counter::dropped_malformed);
  }
  context_.release(datagram);
  context_.forward_or_drop(datagram.packets, datagram.out_port, context_.config.bad_input.malformed_sip,
                           Counter::dropped_malformed);
  if (context_.config.bad_input.malformed_sip == config::OnBad::forward) {
    context_.delays.sent(datagram.path, datagram.arrived);
  }
}

namespace {

// All or none.
bool add_all(const sip::EditList& more, sip::EditList& edits) {
  sip::EditList all = edits;
  for (const sip::Edit& edit : more.edits()) {
    if (!all.replace(edit.remove, edit.insert)) {
      return false;
    }
  }
  edits = all;
  return true;
}

const sip::EditList kNoCuts;

}  // namespace

void MessageSender::send_marked(Datagram& datagram, const crypto::MarkPlan& marks,
                                const crypto::Conveyance& conveyance) {
  send_marked(datagram, marks, conveyance, kNoCuts);
}

void MessageSender::send_marked(Datagram& datagram, const crypto::MarkPlan& marks, const crypto::Conveyance& conveyance,
                                const sip::EditList& cuts) {
  sip::EditList edits;
  if (!crypto::apply_marks(marks, conveyance, edits)) {
    context_.counters.add(Counter::unmarked);
    refuse_malformed(datagram);
    return;
  }
  if (!cuts.empty() && !add_all(cuts, edits)) {
    context_.counters.add(Counter::cuts_left);
  }
  if (edits.empty()) {
    pass(datagram);
    return;
  }
  if (write(datagram, edits)) {
    retire(datagram);
  } else {
    leave_unedited(datagram, marks.removals.empty() && cuts.empty());
  }
}

void MessageSender::leave_unedited(Datagram& datagram, bool may_go_on) {
  if (may_go_on) {
    pass(datagram);
    return;
  }
  context_.watcher.ended(datagram, Counter::dropped_unedited);
  context_.counters.add(Counter::dropped_unedited, datagram.packets.count);
  context_.release(datagram);
  PollContext::free(datagram.packets);
}

void MessageSender::retire(Datagram& datagram) {
  context_.counters.add(Counter::replaced, datagram.packets.count);
  context_.release(datagram);
  PollContext::free(datagram.packets);
}

bool MessageSender::write(const Datagram& datagram, const sip::EditList& edits) {
  const bool written = write({.first_frame = datagram.first,
                              .frame = datagram.frame,
                              .udp_header = datagram.udp.first(kUdpHeaderOctets),
                              .payload = datagram.payload()},
                             edits, datagram.out_port, datagram);
  if (written) {
    context_.watcher.sent(datagram, "edited");
    context_.delays.sent(datagram.path, datagram.arrived);
  }
  return written;
}

bool MessageSender::write(const DatagramSource& source, const sip::EditList& edits, std::uint16_t port,
                          const Datagram& cause) {
  const std::uint64_t started = rte_rdtsc();
  Counters& counters = context_.counters;
  std::array<rte_mbuf*, kMaxFragments> packets;
  const WriteResult written =
      write_datagram(source, edits, context_.ports[port].mtu, next_identification_, context_.pool, packets);
  if (written.packets == 0) {
    counters.add(written.error == WriteError::no_buffers ? Counter::write_no_buffers : Counter::write_too_long);
    return false;
  }
  ++next_identification_;
  counters.add(Counter::created, written.packets);
  for (std::uint16_t i = 0; i < written.packets; ++i) {
    context_.watcher.packet_out(cause, port, packets[i]);
    context_.transmitter.send(port, packets[i]);
  }
  counters.add(Counter::cycles_write, rte_rdtsc() - started);
  return true;
}

bool MessageSender::copy(const Datagram& datagram) {
  FragmentSet copies;
  for (; copies.count < datagram.packets.count; ++copies.count) {
    rte_mbuf* packet = rte_pktmbuf_copy(datagram.packets.packets[copies.count], context_.pool, 0, UINT32_MAX);
    if (packet == nullptr) {
      PollContext::free(copies);
      return false;
    }
    copies.packets[copies.count] = packet;
  }
  context_.counters.add(Counter::created, copies.count);
  tell_sent(datagram);
  context_.forward(copies, datagram.out_port);
  context_.delays.sent(datagram.path, datagram.arrived);
  return true;
}

bool MessageSender::would_outgrow(const Datagram& datagram, const sip::EditList& edits) const {
  const std::size_t ip_headers = datagram.frame.payload_offset - datagram.frame.ip_offset;
  return ip_headers + kUdpHeaderOctets + edits.result_size(datagram.payload().size()) >
         context_.ports[datagram.out_port].mtu;
}

}  // namespace stirline::dataplane
