// Step 9 of a message's life (design.md 3): it goes on as it came, or edited, or it is refused. Never repaired.
//
// Thread: one poll core.
#pragma once

#include <cstdint>

#include "crypto_workers/stir/marks.hpp"
#include "dataplane/packet/writer.hpp"
#include "dataplane/poll/poll_context.hpp"
#include "sip_parser/edit_list.hpp"

namespace stirline::dataplane {

class MessageSender {
 public:
  explicit MessageSender(PollContext& context);

  // Forward the packets of `datagram` themselves, octet for octet; it is gone then.
  void pass(Datagram& datagram);
  void refuse_malformed(Datagram& datagram);  // or drops them: as `bad_input.malformed_sip` has it

  // Edits by `marks` and sends; refuses what cannot hold them. `cuts`: edits besides, which take something out; if
  // there is no room for them they are left out, and counted.
  void send_marked(Datagram& datagram, const crypto::MarkPlan& marks, const crypto::Conveyance& conveyance,
                   const sip::EditList& cuts);
  void send_marked(Datagram& datagram, const crypto::MarkPlan& marks, const crypto::Conveyance& conveyance);

  // For a message that could not be edited, for want of buffers or of room in a datagram: it goes on as it came if
  // nothing in it has to stay here. Else it is dropped, and its sender repeats it: a verstat of the peer's own making
  // must not come in by exhausting memory (STIR-VS-15), nor a private identity go out (STIR-PR-01).
  void leave_unedited(Datagram& datagram, bool may_go_on);

  // Send another message, the edited one or a copy; the original stays where it is. False: no memory, nothing was sent.
  [[nodiscard]] bool write(const Datagram& datagram, const sip::EditList& edits);
  // Of our own making, for what `cause` asks.
  [[nodiscard]] bool write(const DatagramSource& source, const sip::EditList& edits, std::uint16_t port,
                           const Datagram& cause);
  [[nodiscard]] bool copy(const Datagram& datagram);
  // Frees an original that another message stands for.
  void retire(Datagram& datagram);

  // Would the edited message no longer go in one packet? (INL-MTU-01)
  [[nodiscard]] bool would_outgrow(const Datagram& datagram, const sip::EditList& edits) const;

 private:
  void tell_sent(const Datagram& datagram);  // to who watches: its own packets leave

  PollContext& context_;
  std::uint32_t next_identification_;  // of the IP datagrams that are written
};

}  // namespace stirline::dataplane
