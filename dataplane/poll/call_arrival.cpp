// A request that comes from a peer: what is stripped, what is judged, and its way to a crypto core (STIR-VS-01,
// STIR-VS-15).
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/sender_check.hpp"

namespace stirline::dataplane {

using config::wire::Decision;

void CallStage::request_from_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action,
                                  bool emergency) {
  Counters& counters = context_.counters;
  // An emergency call keeps who is calling, wherever it comes from (RFC 6881); one that only says so in To does not.
  const bool keeps_caller = emergency && crypto::goes_to_emergency(message_, datagram.payload());
  const crypto::TrustDomain domain = keeps_caller ? crypto::TrustDomain::same : trunk.domain;
  if (!trunk.verifies()) {
    counters.add(Counter::passed);
    sender_.send_marked(
        datagram, domain == crypto::TrustDomain::same ? crypto::MarkPlan{} : crypto::plan_arrival(message_, domain),
        {});
    return;
  }
  const crypto::MarkPlan marks =
      crypto::plan_marks(message_, datagram.payload(), trunk.sign_policy.dial_plan, domain, trunk.insert_at);
  const bool stripped = !marks.removals.empty() && !trunk.config.trusted;
  const auto record_this = [&](Decision decision, std::string_view reason) {
    record(datagram, trunk, Direction::from_peer, decision, reason, stripped);
  };
  if (emergency) {
    // Never parked, never dropped, never judged. What the peer says about itself goes all the same: "To: 911" on a call
    // to somebody else must not be a way to carry a verstat in (STIR-VS-15).
    record_this(Decision::emergency, {});
    sender_.send_marked(datagram, trunk.config.trusted ? crypto::MarkPlan{} : marks, {});
    return;
  }
  if (message_.identities_seen() > sip::kMaxIdentities || !marks.complete) {
    const bool too_many = message_.identities_seen() > sip::kMaxIdentities;
    const std::string_view reason = too_many ? "identity_limit" : "unmarked";
    counters.add(too_many ? Counter::identity_limit : Counter::unmarked);
    if (!refuses(datagram, trunk, Direction::from_peer,
                 {.wanted = trunk.config.answers.malformed, .reason = reason, .stripped = stripped})) {
      record_this(Decision::refused, reason);
      sender_.refuse_malformed(datagram);
    }
    return;
  }
  // Not by the action `extract`: an unusual Content-Type makes an INVITE one to pass, and must not spare it the
  // judgement.
  const bool judged = action != sip::Action::flag && begins_something();
  if (!marks.removals.empty()) {
    if (trunk.config.trusted) {  // the peer has judged this request for us (STIR-VS-15)
      counters.add(Counter::passed);
      crypto::MarkPlan kept = marks;  // what the peer says stays
      kept.removals.clear();
      go_by_text(datagram, trunk, live, kept, true);
      return;
    }
    counters.add(Counter::stripped);
  }
  if (!judged) {
    counters.add(action == sip::Action::flag ? Counter::flagged : Counter::passed);
    if (action == sip::Action::flag) {
      if (refuses(datagram, trunk, Direction::from_peer,
                  {.wanted = trunk.config.answers.malformed, .reason = "flagged", .stripped = stripped})) {
        return;
      }
      record_this(Decision::passed, "flagged");
      if (begins_something()) {
        remember(request_, datagram, {.course = Decided::Course::forwarded});
      }
    }
    sender_.send_marked(datagram, marks, {});
    return;
  }
  if (known_ && known_->course == Decided::Course::undecided) {  // INL-TX-09
    counters.add(Counter::left_undecided);
    context_.watcher.decided(datagram, to_string(Decision::undecided), "left_undecided");
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  const bool over_limit = is_over_limit(datagram, trunk, Direction::from_peer);
  if (over_limit &&
      refuses(datagram, trunk, Direction::from_peer,
              {.wanted = trunk.config.answers.over_limit, .reason = "over_limit", .stripped = stripped})) {
    return;
  }
  if (message_.identities().empty()) {  // decided without a crypto core, its text apart, over the limit or not
    const std::string_view reason = crypto::facts(crypto::Reason::no_identity).name;
    counters.add(Counter::verified_none);
    counters.add(crypto::Reason::no_identity);
    if (!refuses(datagram, trunk, Direction::from_peer,
                 {.wanted = trunk.config.answers.no_identity, .reason = reason, .stripped = stripped})) {
      if (over_limit) {  // no crypto core for who takes more than his share
        go_by_rules(datagram, trunk, marks, not_validated(), decision_without_token(false));
      } else {
        go_by_text(datagram, trunk, live, marks, false);
      }
    }
    return;
  }
  if (over_limit) {
    go_on_undecided(datagram, trunk, Direction::from_peer, marks, "over_limit");
    return;
  }
  park_for_verifying(datagram, trunk, live, marks);
}

void CallStage::park_for_verifying(Datagram& datagram, const Trunk& trunk, const Live& live,
                                   const crypto::MarkPlan& marks) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::verify);
  if (slot == nullptr) {
    overload(datagram, trunk, Direction::from_peer, marks, "parked_full");
    return;
  }
  begin_ruling(trunk, *slot);
  crypto::plan_verification(message_, datagram.payload(), trunk.sign_policy.dial_plan, trunk.originator,
                            trunk.verify_policy, context_.clock.now(), slot->job.verify);
  slot->marks = marks;
  DecisionRecorder::prepare(message_, !marks.removals.empty(), *slot);
  slot->sender = check_domain(message_, datagram.payload(), trunk);
  slot->known_caller = false;
  describe_for_ruling(trunk, *slot);
  slot->content.image = content_for(datagram.payload(), trunk);
  context_.counters.add(Counter::to_verify);
  if (const std::string_view refusal = dispatch(*slot); !refusal.empty()) {
    overload(slot->datagram, trunk, Direction::from_peer, marks, refusal);
    leave(*slot);
  }
}

}  // namespace stirline::dataplane
