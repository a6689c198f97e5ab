// Which messages the statistics component sees, and as whose (SPIT-CL-14). Behind emergency and priority calls, which
// are nobody's to count, and before rules, which may ask for the score.
#include "config/policy/described_call.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

namespace policy = config::policy;
using policy::Authentication;

namespace {

bool is_counted(sip::Method method) {
  return method == sip::Method::invite || method == sip::Method::message;
}

// As add_verdict() has it: only what attests the number itself makes an identity (SPIT-FW-02).
bool is_shown(Authentication authentication) {
  return authentication == Authentication::verified_a || authentication == Authentication::signed_ ||
         authentication == Authentication::asserted;
}

}  // namespace

std::uint8_t CallStage::score_of_judged(const Slot& slot, const RuleTables& rules) {
  const crypto::VerifyJob& job = slot.job.verify;
  if (job.place == crypto::Place::other_request) {
    return 0;
  }
  const Authentication authentication = policy::authentication_of(job);
  return figures_.begin({.caller = job.has_orig ? job.orig.view() : job.orig_uri.view(),
                         .shown = is_shown(authentication),
                         .called = slot.call.called,
                         .signer = job.signer == nullptr ? std::string_view() : job.signer->scope.spc(),
                         .trunk = slot.trunk->config.name,
                         .call_id = sip::text(job.message, slot.name.place.call_id),
                         .authentication = authentication,
                         .now = context_.clock.now(),
                         .again = slot.decided.has_value()},
                        rules.view().common);
}

std::uint8_t CallStage::score_of_asserted(std::string_view octets, const Trunk& trunk, policy::Key called,
                                          const RuleTables& rules) {
  if (!is_counted(message_.method())) {
    return 0;
  }
  const policy::CallOrigin origin = origin_of(trunk);
  const auto caller = crypto::extract_originator(message_, octets, origin.dial_plan, origin.originator);
  const bool asserted = origin.trusted && !message_.asserted_identities().empty();
  return figures_.begin({.caller = caller.number ? caller.number->view() : caller.uri.view(),
                         .shown = asserted,
                         .called = called,
                         .signer = {},
                         .trunk = trunk.config.name,
                         .call_id = sip::text(octets, message_.call_id()),
                         .authentication = asserted ? Authentication::asserted : Authentication::none,
                         .now = context_.clock.now(),
                         .again = known_.has_value()},
                        rules.view().common);
}

void CallStage::note_answer(std::string_view octets, Direction direction) {
  const std::string_view method = sip::text(octets, message_.cseq_method());
  if (direction == Direction::to_peer && (method == "INVITE" || method == "MESSAGE")) {
    figures_.answer(sip::text(octets, message_.call_id()), message_.status(), context_.clock.now());
  }
}

void CallStage::take_complaints() {
  if (!figures_.has_complaints()) {
    return;
  }
  const CallFigures::Complained complained = figures_.take_complaints(context_.clock.now());
  context_.counters.add(Counter::unwanted_counted, complained.counted);
  context_.counters.add(Counter::unwanted_unknown, complained.unknown);
}

void CallStage::note_end(std::string_view octets) {
  if (message_.method() == sip::Method::bye) {
    figures_.end(sip::text(octets, message_.call_id()), context_.clock.now());
  }
}

}  // namespace stirline::dataplane
