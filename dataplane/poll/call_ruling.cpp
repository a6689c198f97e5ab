// What rules make of a call that comes from a peer: the user's own, the operator's, the law's (design.md 3, step 8;
// SPIT-FW-01). Behind the trunk's own answers to verdicts, and never for emergency or priority calls.
#include <algorithm>
#include <optional>

#include <rte_cycles.h>

#include "config/policy/judge.hpp"
#include "config/policy/listed_call.hpp"
#include "crypto_workers/passport/text_writer.hpp"
#include "crypto_workers/stir/attestation_info.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/sender_check.hpp"

namespace stirline::dataplane {

namespace policy = config::policy;
using config::tables::Answer;
using config::tables::Puzzles;
using config::wire::Decision;
using policy::Handling;

namespace {

// "Spam-Score: 100;by=stirline;detail="content=100,peer=100,statistics=100"" (SPIT-MK-01), behind up to two lines about
// the attestation.
constexpr std::size_t kRuledLinesBytes = crypto::kAttestationLinesBytes + 80;

Counter counter_of(Handling handling) {
  switch (handling) {
    case Handling::block:
      return Counter::rules_blocked;
    case Handling::polite_block:
      return Counter::rules_blocked_politely;
    case Handling::challenge:
      return Counter::rules_challenged;
    case Handling::forward:
      return Counter::rules_forwarded;
    case Handling::allow_marked:
      return Counter::rules_marked;
    case Handling::allow:
    case Handling::none:
      break;
  }
  return Counter::rules_allowed;
}

// SPIT-PL-04. Who is refused politely sees what he would see of somebody who is not there: nobody answers a call, a
// message is taken.
Answer refusal_of(const policy::Outcome& outcome, policy::FactWord call, const Trunk& trunk) {
  if (outcome.handling == Handling::polite_block) {
    const bool is_call = (call & fact_bit(policy::Fact::method, policy::CallMethod::invite)) != 0;
    return is_call ? Answer::unavailable : Answer::accepted;
  }
  const Answer wanted = config::tables::answer_of_refusal(outcome.response);
  return wanted == Answer::forward ? trunk.config.answers.by_rule : wanted;
}

// SPIT-HC-04: nobody is asked for what he cannot do.
bool is_given_puzzle(const Trunk& trunk, const policy::DescribedCall& call) {
  return trunk.config.puzzles == Puzzles::everybody ||
         (trunk.config.puzzles == Puzzles::announced && call.solves_puzzles);
}

// SPIT-PY-01: only who is known can be let in for having paid. A receipt in anybody else's hands is nobody's.
void disown_receipt(policy::CallFacts& call) {
  const policy::FactWord paid = fact_bit(policy::Fact::payment, policy::Result::success);
  if (call.caller == policy::kNoKey && (call.facts & paid) != 0) {
    call.facts = (call.facts & ~paid) | fact_bit(policy::Fact::payment, policy::Result::failure);
  }
}

}  // namespace

policy::CallOrigin CallStage::origin_of(const Trunk& trunk) {
  return {.trunk = trunk.config.name,
          .dial_plan = trunk.sign_policy.dial_plan,
          .originator = trunk.originator,
          .trusted = trunk.config.trusted};
}

void CallStage::describe(const RuleTables& rules, const Trunk& trunk, std::string_view octets,
                         policy::DescribedCall& call) {
  const policy::KeySecret& secret = rules.view().common.secret();
  const auto asked = asked_about(rules.view(), policy::find_user(rules.view(), call.called));
  call.described = asked.has_value();
  if (asked) {
    policy::describe_call(message_, octets, origin_of(trunk), secret, context_.clock.now(), *asked, call);
    look_for_solution(octets, call);
    look_for_receipt(rules, octets, call);
  }
}

void CallStage::begin_ruling(const Trunk& trunk, Slot& slot) {
  const RuleTables* const rules = context_.publication.rules();
  slot.ruled = rules != nullptr && !has_priority(trunk, Direction::from_peer);
  if (slot.ruled) {
    slot.call_secret = rules->view().common.secret();
    slot.call.called = policy::called_by(message_, slot.datagram.payload(), origin_of(trunk), slot.call_secret);
    policy::prefetch_user(rules->view(), slot.call.called);
  }
}

void CallStage::describe_for_ruling(const Trunk& trunk, Slot& slot) {
  if (slot.ruled) {
    describe(*context_.publication.rules(), trunk, slot.datagram.payload(), slot.call);
  }
}

void CallStage::look_for_solution(std::string_view octets, policy::DescribedCall& call) {
  const sip::HeaderLine* const field = message_.first(sip::HeaderId::puzzle);
  if (field == nullptr) {
    return;
  }
  const std::int64_t now = context_.clock.now();
  const auto solution = crypto::read_puzzle(sip::text(octets, field->value()));
  bool solved =
      solution && message_.count(sip::HeaderId::puzzle) == 1 &&
      puzzles_.check(puzzle_call(message_, octets), static_cast<std::uint32_t>(now / crypto::Hashcash::kMinute),
                     *solution) == crypto::PuzzleResult::solved;
  if (solved) {  // good for one request: copies have its branch
    std::array<char, crypto::kPuzzleLineBytes> line;
    solved = replays_.see({.token = crypto::write_puzzle(*solution, line),
                           .call_id = sip::text(octets, message_.call_id()),
                           .from_tag = sip::text(octets, message_.top_via().branch),
                           .now = now,
                           .fresh_until = now + (crypto::Hashcash::kMinutesGood + 1) * crypto::Hashcash::kMinute,
                           .now_cycles = rte_rdtsc()}) != ReplayWatch::Seen::replayed;
  }
  context_.counters.add(solved ? Counter::puzzles_solved : Counter::puzzles_failed);
  call.facts.facts = (call.facts.facts & ~all_of(policy::Fact::puzzle)) |
                     fact_bit(policy::Fact::puzzle, solved ? policy::Result::success : policy::Result::failure);
}

void CallStage::look_for_receipt(const RuleTables& rules, std::string_view octets, policy::DescribedCall& call) {
  if (message_.first(sip::HeaderId::payment_receipt) == nullptr) {
    return;
  }
  const bool paid =
      payments_.is_paid(message_, octets, terms_of(rules.view().common.payment()), context_.clock.now(), rte_rdtsc());
  context_.counters.add(paid ? Counter::payments_taken : Counter::payments_refused);
  call.facts.facts = (call.facts.facts & ~all_of(policy::Fact::payment)) |
                     fact_bit(policy::Fact::payment, paid ? policy::Result::success : policy::Result::failure);
}

void CallStage::ask_lists(const policy::ListTable& lists, policy::DescribedCall& call) {
  const policy::ListTable::Answer answer = policy::add_lists(lists, call);
  if ((answer.of_caller.lists | answer.of_claim.lists) != 0) {
    context_.counters.add(Counter::listed);
  }
}

std::uint16_t CallStage::spend(CallLimits& limits, const policy::Judgement& judgement) {
  const CallLimits::Spent spent = limits.spend(judgement);
  if (spent.was_used_up) {
    context_.counters.add(Counter::rules_used_up);
  }
  if (spent.forgot) {
    context_.counters.add(Counter::buckets_forgotten);
  }
  return spent.mark;
}

CallStage::Ruling CallStage::rule_on(const RuleTables& rules, const policy::CalledUser& user, const Trunk& trunk,
                                     const policy::DescribedCall& call, const std::optional<Decided>& before) {
  CallLimits limits(buckets_, {.called = call.called, .before = before, .now_cycles = rte_rdtsc(), .seed = hash_seed_});
  const policy::Judgement judgement = policy::judge(rules.view(), user, call.facts, &limits);
  const policy::Outcome& outcome = judgement.outcome;
  Ruling ruling;
  ruling.limited = spend(limits, judgement);
  ruling.notify = judgement.notify && !before;  // once, however often it is sent
  if (outcome.handling == Handling::none) {
    return ruling;
  }
  ruling.handling = outcome.handling;
  ruling.score = call.facts.score;
  crypto::TextWriter text(ruling.rule_text);
  text.add(to_string(judgement.layer));
  text.add(':');
  const bool is_contact = outcome.rule == policy::Outcome::kContact;
  text.add(is_contact ? "contact" : judgement.rules.text(outcome.rule, policy::RuleText::id).substr(0, kMaxRuleId));
  ruling.rule_length = static_cast<std::uint8_t>(text.length());
  if (is_contact) {
    return ruling;
  }
  if (outcome.handling == Handling::block || outcome.handling == Handling::polite_block) {
    ruling.answer = refusal_of(outcome, call.facts.facts, trunk);
    if (outcome.handling == Handling::block) {
      ruling.phrase = judgement.rules.text(outcome.rule, policy::RuleText::phrase);
    }
    return ruling;
  }
  const bool wants_puzzle = outcome.component == policy::Component::hashcash;
  if (wants_puzzle && is_given_puzzle(trunk, call)) {
    ruling.answer = Answer::puzzle;
    ruling.detail = AnswerSender::puzzle_detail(outcome.work, context_.clock.now());
    return ruling;
  }
  // Only who is known can be let in for having paid (SPIT-PY-01).
  const bool is_offered = rules.view().common.payment().amount != 0 && call.facts.caller != policy::kNoKey;
  if (outcome.component == policy::Component::payment && is_offered) {
    ruling.answer = Answer::payment;
    ruling.detail = PaymentDesk::detail_at(context_.clock.now());
    return ruling;
  }
  const bool is_tested_instead = wants_puzzle && !trunk.config.no_puzzle_to.empty();
  ruling.kept = outcome.component == policy::Component::consent || outcome.component == policy::Component::turing ||
                is_tested_instead;
  if (outcome.component == policy::Component::consent) {
    ruling.answer = Answer::consent;
    return ruling;
  }
  if (outcome.handling == Handling::forward || outcome.component == policy::Component::turing) {
    ruling.target = judgement.rules.text(outcome.rule, policy::RuleText::target);
  } else if (is_tested_instead) {
    ruling.target = trunk.config.no_puzzle_to;
  } else if (outcome.handling == Handling::challenge) {
    ruling.handling = Handling::allow_marked;  // nobody here can carry out this challenge: it turns nobody away
  }
  ruling.name_prefix = judgement.rules.text(outcome.rule, policy::RuleText::display_prefix);
  if (policy::has_cuts(judgement.rules, outcome.rule)) {
    ruling.cutting = judgement.rules;
    ruling.cutting_rule = outcome.rule;
  }
  return ruling;
}

CallStage::Ruling CallStage::rule_on_described(const RuleTables& rules, const policy::CalledUser& user,
                                               const Trunk& trunk, policy::DescribedCall& call, const ScoreParts& parts,
                                               const std::optional<Decided>& before) {
  call.facts.score = std::max({parts.statistics, parts.content.value_or(0), call.peer_score.value_or(0)});
  disown_receipt(call.facts);
  ask_lists(rules.view().lists, call);
  Ruling ruling = redirected(rule_on(rules, user, trunk, call, before), trunk);
  ruling.parts = parts;
  ruling.parts.peer = call.peer_score;
  ruling.known_caller = call.facts.caller != policy::kNoKey;
  return ruling;
}

// What it was described for may have changed while it was away: the keys, or what is asked.
CallStage::Ruling CallStage::rule_on_judged(Slot& slot) {
  const RuleTables* const rules = context_.publication.rules();
  if (!slot.ruled || rules == nullptr) {
    return {};
  }
  const ScoreParts parts{.statistics = score_of_judged(slot, *rules), .content = score_of_text(slot)};
  const policy::PolicyTables& tables = rules->view();
  const bool same_keys = slot.call_secret == tables.common.secret();
  policy::CalledUser user;
  if (same_keys) {
    user = policy::find_user(tables, slot.call.called);
    const auto asked = asked_about(tables, user);
    if (!asked) {
      return {};
    }
    slot.call.described = slot.call.described && (*asked & ~slot.call.asked) == 0;
  }
  if (!same_keys || !slot.call.described) {
    if (!message_.parse(slot.datagram.payload())) {
      return {};
    }
    begin_ruling(*slot.trunk, slot);
    describe_for_ruling(*slot.trunk, slot);
    if (!slot.call.described) {
      return {};
    }
    user = policy::find_user(tables, slot.call.called);
  }
  policy::add_verdict(slot.job.verify, slot.call_secret, slot.call);
  policy::add_sender(slot.sender, slot.call);
  const Ruling ruling = rule_on_described(*rules, user, *slot.trunk, slot.call, parts, slot.decided);
  slot.known_caller = ruling.known_caller;
  return ruling;
}

CallStage::Ruling CallStage::rule_on_asserted(const Datagram& datagram, const Trunk& trunk, policy::Sender sender) {
  const RuleTables* const rules = context_.publication.rules();
  if (rules == nullptr || !begins_something() || has_priority(trunk, Direction::from_peer)) {
    return {};
  }
  policy::DescribedCall call;
  call.called = policy::called_by(message_, datagram.payload(), origin_of(trunk), rules->view().common.secret());
  policy::prefetch_user(rules->view(), call.called);
  const ScoreParts parts{.statistics = score_of_asserted(datagram.payload(), trunk, call.called, *rules),
                         .content = text_score_};
  describe(*rules, trunk, datagram.payload(), call);
  if (!call.described) {
    return {};
  }
  policy::add_asserted(message_, datagram.payload(), origin_of(trunk), rules->view().common.secret(), call);
  policy::add_sender(sender, call);
  return rule_on_described(*rules, policy::find_user(rules->view(), call.called), trunk, call, parts, known_);
}

bool CallStage::refuses_by_rule(Slot& slot, const Ruling& ruling, std::string_view reason) {
  if (ruling.answer == Answer::forward || slot.decided || !message_.parse(slot.datagram.payload())) {
    return false;
  }
  const Answer answer = answer_to(slot.datagram.payload(), *slot.trunk, Direction::from_peer, ruling.answer);
  if (answer == Answer::forward) {
    return false;
  }
  context_.counters.add(counter_of(ruling.handling));
  recorder_.judged(slot, Decision::answered, reason,
                   {.status = config::tables::facts(answer).status,
                    .rule = ruling.rule(),
                    .for_called = for_called(slot.datagram.payload(), *slot.trunk, ruling)});
  if (ruling.handling == Handling::polite_block && rings(slot.datagram, slot.name, *slot.trunk)) {
    return true;
  }
  const std::uint16_t detail = answer == ruling.answer ? detail_of(ruling, slot.datagram.payload()) : std::uint16_t{0};
  give(slot.datagram, slot.name, *slot.trunk, answer, detail);
  return true;
}

void CallStage::go_by_rules(Datagram& datagram, const Trunk& trunk, const crypto::MarkPlan& marks,
                            const crypto::Conveyance& conveyance, const AtOnce& otherwise) {
  const bool stripped = !marks.removals.empty();
  const policy::Sender sender =
      begins_something() ? check_domain(message_, datagram.payload(), trunk) : policy::Sender::unchecked;
  const bool wrong_sender = sender == policy::Sender::mismatch;
  count(sender);
  if (wrong_sender && refuses(datagram, trunk, Direction::from_peer,
                              {.wanted = trunk.config.answers.wrong_sender,
                               .reason = "sender_mismatch",
                               .stripped = stripped,
                               .wrong_sender = true})) {
    return;
  }
  const Ruling ruling = rule_on_asserted(datagram, trunk, sender);
  const DecisionRecorder::ForCalled told = for_called(datagram.payload(), trunk, ruling);
  if (ruling.answer != Answer::forward && refuses(datagram, trunk, Direction::from_peer,
                                                  {.wanted = ruling.answer,
                                                   .reason = otherwise.reason,
                                                   .stripped = stripped,
                                                   .rule = ruling.rule(),
                                                   .detail = detail_of(ruling, datagram.payload()),
                                                   .polite = ruling.handling == Handling::polite_block,
                                                   .wrong_sender = wrong_sender,
                                                   .known_caller = ruling.known_caller,
                                                   .for_called = told})) {
    context_.counters.add(counter_of(ruling.handling));
    return;
  }
  recorder_.at_once({.message = message_,
                     .datagram = datagram,
                     .trunk = trunk,
                     .direction = Direction::from_peer,
                     .decision = otherwise.decision,
                     .reason = otherwise.reason,
                     .stripped = stripped,
                     .rule = ruling.rule(),
                     .wrong_sender = wrong_sender,
                     .known_caller = ruling.known_caller,
                     .for_called = told});
  if (begins_something()) {
    remember(request_, datagram, {.course = Decided::Course::forwarded, .detail = ruling.limited});
  }
  send_ruled(datagram, marks, conveyance, ruling);
}

sip::EditList CallStage::cuts_of(const Ruling& ruling, std::string_view octets, policy::LengthText& length) {
  sip::EditList edits;
  if (!message_.parse(octets)) {
    return edits;  // cannot be: it parsed when it came
  }
  Counters& counters = context_.counters;
  const policy::Cuts cuts = policy::cut(ruling.cutting, ruling.cutting_rule, message_, octets, length, edits);
  if (cuts.fields != 0) {
    counters.add(Counter::fields_cut);
  }
  if (cuts.parts != 0) {
    counters.add(Counter::parts_cut);
  }
  if (cuts.body_unread) {
    counters.add(Counter::bodies_uncut);
  }
  if (cuts.is_incomplete) {
    counters.add(Counter::cuts_left);
  }
  return edits;
}

void CallStage::send_ruled(Datagram& datagram, const crypto::MarkPlan& marks, const crypto::Conveyance& conveyance,
                           const Ruling& ruling) {
  if (ruling.handling == Handling::none) {
    sender_.send_marked(datagram, marks, conveyance);
    return;
  }
  context_.counters.add(counter_of(ruling.handling));
  crypto::Conveyance ruled = conveyance;
  ruled.target = ruling.target;
  ruled.name_prefix = ruling.name_prefix;
  std::array<char, kRuledLinesBytes> lines;
  if (ruling.handling == Handling::allow_marked) {
    crypto::TextWriter writer(lines);
    writer.add(conveyance.lines);
    writer.add("Spam-Score: ");
    writer.add(unsigned{ruling.score});
    writer.add(";by=stirline");
    const ScoreParts& parts = ruling.parts;
    if (parts.content || parts.peer) {
      std::string_view before = ";detail=\"";
      const auto add_part = [&](std::string_view name, std::uint8_t score) {
        writer.add(before);
        writer.add(name);
        writer.add('=');
        writer.add(unsigned{score});
        before = ",";
      };
      if (parts.content) {
        add_part("content", *parts.content);
      }
      if (parts.peer) {
        add_part("peer", *parts.peer);
      }
      add_part("statistics", parts.statistics);
      writer.add('"');
    }
    writer.add("\r\n");
    ruled.lines = writer.view();
  }
  if (ruling.cutting.rules() == 0) {
    sender_.send_marked(datagram, marks, ruled);
    return;
  }
  policy::LengthText length;
  sender_.send_marked(datagram, marks, ruled, cuts_of(ruling, datagram.payload(), length));
}

}  // namespace stirline::dataplane
