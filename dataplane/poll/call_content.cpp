// The text of a request from a peer, looked at before rules are asked (SPIT-CL-01). A crypto core reads it: as part of
// the job of a request with Identity header fields, in a job of its own otherwise. Fail open: what finds no crypto core
// is judged by all else.
#include "config/policy/content/content_score.hpp"
#include "config/policy/content/text_body.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/sender_check.hpp"

namespace stirline::dataplane {

namespace content = config::policy::content;
using config::wire::Decision;

SharedContent CallStage::content_for(std::string_view octets, const Trunk& trunk) const {
  const RuleTables* const rules = context_.publication.rules();
  const bool is_wanted = rules != nullptr && rules->content() != nullptr && begins_something() &&
                         rules->content()->table.of_trunk(trunk.config.name) &&
                         !has_priority(trunk, Direction::from_peer) && content::may_have_text(message_, octets);
  return is_wanted ? rules->content() : nullptr;
}

// A copy of what went on before is no further copy of its text.
std::optional<std::uint8_t> CallStage::score_of_text(const Slot& slot) {
  if (slot.content.image == nullptr) {
    return std::nullopt;
  }
  Counters& counters = context_.counters;
  const content::ContentVerdict& verdict = slot.content.verdict;
  if (verdict.is_cut) {
    counters.add(Counter::content_cut);
  }
  std::optional<std::uint8_t> score;
  if (verdict.found == content::TextFound::text) {
    const content::ContentSettings& settings = slot.content.image->table.settings();
    const double copies = slot.decided.has_value() ? 0
                                                   : copies_.see(verdict.likeness, slot.content.corpus,
                                                                 context_.clock.now(), settings.half_life);
    score = content::content_score(verdict, copies, settings);
  }
  counters.add(score ? Counter::content_judged : Counter::content_unknown);
  return score;
}

crypto::Conveyance CallStage::without_token(bool is_trusted) {
  return is_trusted ? crypto::Conveyance{} : not_validated();
}

CallStage::AtOnce CallStage::decision_without_token(bool is_trusted) {
  return is_trusted ? AtOnce{.decision = Decision::passed, .reason = "trusted_peer"}
                    : AtOnce{.decision = Decision::judged, .reason = crypto::facts(crypto::Reason::no_identity).name};
}

void CallStage::go_by_text(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::MarkPlan& marks,
                           bool is_trusted) {
  SharedContent image = content_for(datagram.payload(), trunk);
  Slot* const slot = image != nullptr ? park(datagram, trunk, live, crypto::JobKind::verify) : nullptr;
  if (slot == nullptr) {
    if (image != nullptr) {
      context_.counters.add(Counter::content_skipped);
    }
    go_by_rules(datagram, trunk, marks, without_token(is_trusted), decision_without_token(is_trusted));
    return;
  }
  // A job without tokens: nothing is verified.
  crypto::plan_verification(message_, datagram.payload(), trunk.sign_policy.dial_plan, trunk.originator,
                            trunk.verify_policy, context_.clock.now(), slot->job.verify);
  slot->job.verify.identity_count = 0;
  slot->job.verify.diverted = false;
  slot->content.image = std::move(image);
  slot->unsigned_text = true;
  slot->trusted = is_trusted;
  slot->marks = marks;
  DecisionRecorder::prepare(message_, !marks.removals.empty(), *slot);
  if (!dispatch(*slot).empty()) {
    context_.counters.add(Counter::content_skipped);
    go_by_rules(slot->datagram, trunk, marks, without_token(is_trusted), decision_without_token(is_trusted));
    leave(*slot);
  }
}

// The request is in hand again, as it was when it arrived.
void CallStage::finish_text(Slot& slot) {
  const bool is_trusted = slot.trusted;
  if (!message_.parse(slot.datagram.payload())) {
    sender_.send_marked(slot.datagram, slot.marks, without_token(is_trusted));
    return;
  }
  request_ = slot.name;
  known_ = slot.decided;
  text_score_ = score_of_text(slot);
  go_by_rules(slot.datagram, *slot.trunk, slot.marks, without_token(is_trusted), decision_without_token(is_trusted));
  text_score_.reset();
}

}  // namespace stirline::dataplane
