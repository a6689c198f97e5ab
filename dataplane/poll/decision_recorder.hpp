// A record of each decision about a call or message, for the answer to "who brought us this call?" within a day
// (STIR-RG-03) and for what was attested and found (STIR-SH-02).
//
// What has a record: requests that begin something and that our services work on: INVITE and MESSAGE towards a peer of
// a trunk that signs, INVITE, MESSAGE and SUBSCRIBE from a peer of a trunk that verifies. Requests inside a dialog,
// other methods, responses, trunks without a service and what does not parse have none: nothing was decided about them.
// Thread: one poll core; main takes what has gathered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/wire/call_record.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "dataplane/poll/poll_context.hpp"
#include "dataplane/poll/record_queue.hpp"
#include "dataplane/state/generation.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

class DecisionRecorder {
 public:
  explicit DecisionRecorder(PollContext& context);

  // What control does for the called user besides keeping the record.
  struct ForCalled {
    std::string_view called = {};  // canonical; empty: nothing
    bool challenged = false;       // it keeps the challenge's result (SPIT-CO-01)
    bool notify = false;           // it tells him (SPIT-PL-03)
    bool withheld = false;         // but not who calls
    config::policy::Handling handling = config::policy::Handling::none;
  };

  // Of a request just parsed that needs no crypto core. `message` was parsed from the datagram, which is still whole.
  struct AtOnce {
    const sip::Message& message;
    const Datagram& datagram;
    const Trunk& trunk;
    Direction direction = Direction::from_peer;
    config::wire::Decision decision = config::wire::Decision::passed;
    std::uint16_t status = 0;  // answered: which
    std::string_view reason;   // a static text
    bool stripped = false;
    std::string_view rule = {};  // that decided; empty: none
    bool wrong_sender = false;   // its peer may not speak for who calls (SPIT-CL-12)
    bool known_caller = false;   // a trusted peer says who calls, and rules go by that
    ForCalled for_called = {};
  };
  void at_once(const AtOnce& what);

  // What has become of a judged message besides its verdict.
  struct Outcome {
    std::uint16_t status = 0;    // answered: which
    std::string_view rule = {};  // that decided; empty: none
    ForCalled for_called = {};
  };

  // Notes in a slot what its record will need when the message is no longer parsed.
  static void prepare(const sip::Message& message, bool stripped, Slot& slot) {
    slot.method = message.method_text();
    slot.call_id = message.call_id();
    slot.stripped = stripped;
  }

  // Of a parked message without an answer of its crypto core: reads only what that core does not write.
  void unanswered(const Slot& slot, config::wire::Decision decision, std::string_view reason, std::uint16_t status = 0);
  // Of one that came back.
  void signed_call(const Slot& slot);
  void judged(const Slot& slot, config::wire::Decision decision, std::string_view reason, const Outcome& outcome);

  [[nodiscard]] bool enabled() const { return context_.config.records.enabled; }
  [[nodiscard]] RecordQueue& queue() { return queue_; }
  [[nodiscard]] const RecordQueue& queue() const { return queue_; }

 private:
  [[nodiscard]] config::wire::CallRecord begin(const Datagram& datagram, const Trunk& trunk, Direction direction) const;
  [[nodiscard]] config::wire::CallRecord begin(const Slot& slot) const;
  void push(const config::wire::CallRecord& record);

  PollContext& context_;
  RecordQueue queue_;
};

}  // namespace stirline::dataplane
