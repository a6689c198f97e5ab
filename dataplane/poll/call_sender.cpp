// May the peer speak for who calls (SPIT-CL-12)? Counted, told to rules, answered where the trunk says so.
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/sender_check.hpp"

namespace stirline::dataplane {

using config::policy::Sender;

void CallStage::count(Sender sender) {
  if (sender != Sender::unchecked) {
    context_.counters.add(sender == Sender::match ? Counter::sender_matched : Counter::sender_mismatched);
  }
}

// The signer of a valid token is known now. Certificates of a generation are the same for every crypto core, and never
// change.
void CallStage::check_sender(Slot& slot) {
  const crypto::VerifyJob& job = slot.job.verify;
  if (job.verdict == crypto::Verdict::valid) {
    const std::string_view x5u = sip::text(job.message, job.verdicts[job.decisive].x5u);
    const crypto::Certificate* const signer = slot.live->generation->keyring(0)->certificate(job.policy.regime, x5u);
    slot.sender = both(slot.sender, check_signer(signer, *slot.trunk));
  }
  count(slot.sender);
}

bool CallStage::refuses_sender(Slot& slot) {
  return slot.sender == Sender::mismatch &&
         refuses_parked(slot, slot.trunk->config.answers.wrong_sender, "sender_mismatch");
}

}  // namespace stirline::dataplane
