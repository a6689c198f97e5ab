// What a trunk answers itself (INL-TX-04 to -08), and that each request is decided about once (INL-TX-09).
#include <rte_cycles.h>

#include "crypto_workers/stir/reason.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "sip_parser/headers/feature_caps.hpp"
#include "sip_parser/headers/privacy.hpp"

namespace stirline::dataplane {

using config::tables::Answer;
using config::wire::Decision;

namespace {

// STIR-BL-03: somebody on the way has promised to tell the caller what 608 means (RFC 8688 3.4).
bool is_announced(const sip::Message& message, std::string_view octets) {
  const auto caps = sip::read_feature_caps(message, octets);
  return caps && sip::find_feature_cap(*caps, octets, "sip.608") != nullptr;
}

// RFC 3323 5.1: what we cannot keep to, though the caller would rather have no call than one without.
bool asks_too_much_privacy(const sip::Message& message, std::string_view octets) {
  const auto privacy = sip::read_privacy(message, octets);
  return privacy && privacy->critical && (privacy->header || privacy->session || privacy->user || privacy->others != 0);
}

}  // namespace

// Copies of one request come from one place and leave by one port; another one of the same name is another request.
std::uint64_t CallStage::decision_key(const NamedRequest& request, const Datagram& datagram) {
  constexpr std::uint64_t kSpread = 0x9E37'79B9'7F4A'7C15;  // odd, bits everywhere
  return request.key ^ (std::uint64_t{datagram.out_port} + 1) * kSpread;
}

void CallStage::remember(const NamedRequest& request, const Datagram& datagram, Decided decided) {
  if (!decided_.remember(decision_key(request, datagram), decided, rte_rdtsc())) {
    context_.counters.add(Counter::decisions_forgotten);
  }
}

bool CallStage::is_over(Datagram& datagram, const Trunk& trunk) {
  known_.reset();
  if (message_.method() == sip::Method::ack) {
    if (message_.to().tag.empty() || !answers_.is_ours(message_, datagram.payload())) {
      return false;
    }
    acknowledge(decision_key(request_, datagram));
    end_here(datagram, Counter::dropped_acks);
    return true;
  }
  const bool is_cancel = message_.method() == sip::Method::cancel;
  if (!is_cancel && !begins_something()) {
    return false;
  }
  known_ = decided_.find(decision_key(request_, datagram), rte_rdtsc());
  if (!known_ || known_->course != Decided::Course::answered) {
    if (is_cancel) {
      known_.reset();  // it goes where its request went
    }
    return false;
  }
  context_.counters.add(Counter::answered_again);
  const std::uint64_t key = decision_key(request_, datagram);
  const bool gives_up = is_cancel && known_->answer == Answer::ringing;
  answers_.answer(datagram, message_, trunk, is_cancel ? Answer::done : known_->answer, known_->detail);
  if (gives_up) {
    cancel_ringing(key);
  }
  return true;
}

bool CallStage::begins_something() const {
  return config::policy::begins_something(message_);
}

bool CallStage::has_priority(const Trunk& trunk, Direction direction) const {
  return message_.first(sip::HeaderId::resource_priority) != nullptr &&
         (direction == Direction::to_peer || trunk.config.trusted);
}

Answer CallStage::answer_to(std::string_view octets, const Trunk& trunk, Direction direction, Answer wanted) const {
  if (wanted == Answer::forward || !begins_something() || has_priority(trunk, direction)) {
    return Answer::forward;
  }
  return wanted == Answer::rejected && !is_announced(message_, octets) ? trunk.config.answers.unannounced : wanted;
}

bool CallStage::refuses(Datagram& datagram, const Trunk& trunk, Direction direction, const Refusal& refusal) {
  const Answer answer = known_ ? Answer::forward : answer_to(datagram.payload(), trunk, direction, refusal.wanted);
  if (answer == Answer::forward) {
    return false;
  }
  recorder_.at_once({.message = message_,
                     .datagram = datagram,
                     .trunk = trunk,
                     .direction = direction,
                     .decision = Decision::answered,
                     .status = config::tables::facts(answer).status,
                     .reason = refusal.reason,
                     .stripped = refusal.stripped,
                     .rule = refusal.rule,
                     .wrong_sender = refusal.wrong_sender,
                     .known_caller = refusal.known_caller,
                     .for_called = refusal.for_called});
  if (!refusal.polite || !rings(datagram, request_, trunk)) {
    give(datagram, request_, trunk, answer, answer == refusal.wanted ? refusal.detail : std::uint16_t{0});
  }
  return true;
}

void CallStage::give(Datagram& datagram, const NamedRequest& request, const Trunk& trunk, Answer answer,
                     std::uint16_t detail) {
  remember(request, datagram, {.course = Decided::Course::answered, .answer = answer, .detail = detail});
  answers_.answer(datagram, message_, trunk, answer, detail);
}

bool CallStage::refuses_privacy(Datagram& datagram, const Trunk& trunk) {
  return trunk.domain == crypto::TrustDomain::other && trunk.config.answers.privacy != Answer::forward &&
         asks_too_much_privacy(message_, datagram.payload()) &&
         refuses(datagram, trunk, Direction::to_peer, {.wanted = trunk.config.answers.privacy, .reason = "privacy"});
}

// INL-ED-02, INL-ED-03. As far as it can be named, it is decided about once as any other (INL-TX-09).
void CallStage::refuse_unread(Datagram& datagram, const Trunk& trunk, sip::ErrorCode code) {
  const bool named = message_.start_line_known() && message_.kind() == sip::Kind::request &&
                     message_.salvage(datagram.payload()) && begins_something();
  if (!named) {
    sender_.refuse_malformed(datagram);
    return;
  }
  request_ = name_of(message_, datagram.payload(), hash_seed_);
  if (is_over(datagram, trunk)) {
    return;
  }
  const Answer wanted = trunk.config.answers.malformed;
  if (known_ || wanted == Answer::forward || crypto::is_emergency(message_, datagram.payload())) {
    remember(request_, datagram, {.course = Decided::Course::forwarded});
    sender_.refuse_malformed(datagram);
    return;
  }
  give(datagram, request_, trunk, code == sip::ErrorCode::version ? Answer::version : wanted);
}

// INL-TX-08. The message in hand is the CANCEL.
void CallStage::cancel_waiting(Datagram& cancel, Slot& slot) {
  const Trunk& trunk = *slot.trunk;
  waiting_.remove(parking_.index_of(slot));
  context_.counters.add(Counter::cancelled);
  recorder_.unanswered(slot, Decision::answered, "cancelled", config::tables::facts(Answer::terminated).status);
  answers_.answer(cancel, message_, trunk, Answer::done);
  const bool parsed = message_.parse(slot.datagram.payload()).has_value();
  if (parsed) {
    give(slot.datagram, slot.name, trunk, Answer::terminated);
  } else {
    end_here(slot.datagram, Counter::dropped_unanswered);  // cannot be: it parsed when it came
  }
  let_go_of(slot);
}

// What the verdict calls for: nothing, unless the trunk has it so (STIR-VS-14, STIR-VS-12).
Answer CallStage::wanted_by(const crypto::VerifyJob& job, const config::tables::AnswerPolicy& policy, bool replayed) {
  switch (job.verdict) {
    case crypto::Verdict::valid:
      return replayed ? policy.replayed : Answer::forward;
    case crypto::Verdict::invalid:
      return policy.invalid == Answer::stir ? config::tables::answer_of_code(crypto::facts(job.reason).code)
                                            : policy.invalid;
    case crypto::Verdict::none:
      return policy.no_identity;
  }
  return Answer::forward;
}

bool CallStage::refuses_verdict(Slot& slot, bool replayed, std::string_view reason) {
  return refuses_parked(slot, wanted_by(slot.job.verify, slot.trunk->config.answers, replayed), reason);
}

bool CallStage::refuses_parked(Slot& slot, Answer wanted, std::string_view reason) {
  if (slot.decided || wanted == Answer::forward || !message_.parse(slot.datagram.payload())) {
    return false;
  }
  const Answer answer = answer_to(slot.datagram.payload(), *slot.trunk, Direction::from_peer, wanted);
  if (answer == Answer::forward) {
    return false;
  }
  recorder_.judged(slot, Decision::answered, reason, {.status = config::tables::facts(answer).status});
  give(slot.datagram, slot.name, *slot.trunk, answer);
  return true;
}

}  // namespace stirline::dataplane
