#include "dataplane/poll/call_stage.hpp"

#include <algorithm>
#include <utility>

#include <rte_cycles.h>

namespace stirline::dataplane {
namespace {

bool signs(const Trunk& trunk) {
  return trunk.config.role == config::tables::Role::sign || trunk.config.role == config::tables::Role::both;
}

bool verifies(const Trunk& trunk) {
  return trunk.config.role == config::tables::Role::verify || trunk.config.role == config::tables::Role::both;
}

using config::wire::Decision;

constexpr std::uint64_t kAskAgainMs = 100;

// Not SIP at all, or a keep-alive: none of our business, and no mistake of anybody's (INL-UDP-05).
bool is_bypass(sip::ErrorCode code) {
  return code == sip::ErrorCode::not_sip || code == sip::ErrorCode::keepalive;
}

// INL-TX-11
bool is_judged(sip::Method method) {
  return method == sip::Method::invite || method == sip::Method::message || method == sip::Method::subscribe;
}

}  // namespace

CallStage::CallStage(PollContext& context, std::vector<CryptoLink*> links, const OrigidKey& origid_key)
    : context_(context),
      sender_(context),
      recorder_(context),
      links_(std::move(links)),
      origids_(origid_key),
      parking_(context.config.limits.parked),
      waiting_(context.config.limits.waiting),
      requests_(kAskAgainMs * (rte_get_tsc_hz() / 1'000)),
      deadline_cycles_(context.config.limits.job_deadline_us * (rte_get_tsc_hz() / 1'000'000)) {}

std::string_view CallStage::not_validated() {
  return crypto::verstat_parameter(crypto::Verdict::none, crypto::Reason::no_identity);
}

void CallStage::handle(Datagram& datagram, const TrunkMatch& match, const Live& live) {
  Counters& counters = context_.counters;
  if (match.trunk->config.role == config::tables::Role::pass) {
    counters.add(Counter::passed);
    sender_.pass(datagram);
    return;
  }
  const std::uint64_t started = rte_rdtsc();
  const auto parsed = message_.parse(datagram.payload());
  counters.add(Counter::cycles_parse, rte_rdtsc() - started);
  counters.add(parsed ? sip::ErrorCode::ok : parsed.error().code);
  if (!parsed) {
    if (is_bypass(parsed.error().code)) {
      counters.add(Counter::bypassed, datagram.packets.count);
      sender_.pass(datagram);
    } else {
      sender_.refuse_malformed(datagram);
    }
    return;
  }
  counters.add(Counter::messages);
  if (message_.kind() == sip::Kind::response) {
    counters.add(Counter::responses);
    sender_.pass(datagram);
    return;
  }
  handle_request(datagram, match, live);
}

void CallStage::handle_request(Datagram& datagram, const TrunkMatch& match, const Live& live) {
  const std::uint64_t started = rte_rdtsc();
  const std::string_view octets = datagram.payload();
  const bool emergency = crypto::is_emergency(message_, octets);
  if (emergency) {
    context_.counters.add(Counter::emergency);
  }
  if (match.direction == Direction::from_peer) {
    request_from_peer(datagram, *match.trunk, live, sip::action_for(message_, octets, {}), emergency);
  } else if (emergency) {  // STIR-AS-13
    record(datagram, *match.trunk, Direction::to_peer, Decision::emergency, {});
    sender_.pass(datagram);
  } else {
    request_to_peer(datagram, *match.trunk, live, sip::action_for(message_, octets, {}));
  }
  context_.counters.add(Counter::cycles_decide, rte_rdtsc() - started);
}

void CallStage::request_to_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action) {
  Counters& counters = context_.counters;
  if (action == sip::Action::flag || !signs(trunk)) {
    counters.add(action == sip::Action::flag ? Counter::flagged : Counter::passed);
    if (signs(trunk)) {
      record(datagram, trunk, Direction::to_peer, Decision::not_signed, "flagged");
    }
    sender_.pass(datagram);
    return;
  }
  const auto plan = crypto::plan_signing(message_, datagram.payload(), trunk.sign_policy, context_.clock.now());
  if (!plan) {
    counters.add(plan.error());
    record(datagram, trunk, Direction::to_peer, Decision::not_signed, crypto::to_string(plan.error()));
    sender_.pass(datagram);
    return;
  }
  Authority authority;
  if (!find_authority(*plan, trunk, live, authority)) {
    counters.add(Counter::not_attested);
    record(datagram, trunk, Direction::to_peer, Decision::not_signed, "not_attested");
    sender_.pass(datagram);
    return;
  }
  park_for_signing(datagram, trunk, live, *plan, authority);
}

// STIR-AS-01: no authority, no signature. A token about the caller by the range of his number, one about a diversion by
// the range of whoever diverted.
bool CallStage::find_authority(const crypto::SignPlan& plan, const Trunk& trunk, const Live& live,
                               Authority& authority) {
  const auto range_of = [&](std::string_view number) { return live.generation->numbers().find(trunk.index, number); };
  authority.attest = trunk.config.unknown_attest;
  std::uint32_t credential = trunk.unknown_credential;
  if (const auto* range = range_of(plan.orig.view()); range != nullptr) {
    authority.attest = range->attest;
    credential = range->credential;
  }
  if (authority.attest == '-' && plan.type != crypto::TokenType::div) {
    return false;
  }
  const auto credential_of = [&](std::string_view number) {
    const auto* range = range_of(number);
    return range == nullptr || range->attest == '-' ? std::nullopt : std::optional(range->credential);
  };
  return crypto::order_tokens(plan, credential, credential_of, trunk.priority_credential, authority.orders);
}

void CallStage::request_from_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action,
                                  bool emergency) {
  Counters& counters = context_.counters;
  if (!verifies(trunk)) {
    counters.add(Counter::passed);
    sender_.pass(datagram);
    return;
  }
  const crypto::MarkPlan marks = crypto::plan_marks(message_, datagram.payload(), trunk.sign_policy.dial_plan);
  const bool stripped = marks.removal_count != 0 && !trunk.config.trusted;
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
  if (message_.identities_seen() > sip::kMaxIdentities) {
    counters.add(Counter::identity_limit);
    record_this(Decision::refused, "identity_limit");
    sender_.refuse_malformed(datagram);
    return;
  }
  if (!marks.complete) {
    counters.add(Counter::unmarked);
    record_this(Decision::refused, "unmarked");
    sender_.refuse_malformed(datagram);
    return;
  }
  // Not by the action `extract`: an unusual Content-Type makes an INVITE one to pass, and must not spare it the
  // judgement.
  const bool judged = action != sip::Action::flag && is_judged(message_.method()) && message_.to().tag.empty();
  if (marks.removal_count != 0) {
    if (trunk.config.trusted) {  // the peer has judged this request for us (STIR-VS-15)
      counters.add(Counter::passed);
      record_this(Decision::passed, "trusted_peer");
      sender_.pass(datagram);
      return;
    }
    counters.add(Counter::stripped);
  }
  if (!judged) {
    counters.add(action == sip::Action::flag ? Counter::flagged : Counter::passed);
    if (action == sip::Action::flag) {
      record_this(Decision::passed, "flagged");
    }
    sender_.send_marked(datagram, marks, {});
    return;
  }
  if (message_.identities().empty()) {
    counters.add(Counter::verified_none);
    counters.add(crypto::Reason::no_identity);
    record_this(Decision::judged, crypto::facts(crypto::Reason::no_identity).name);
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  park_for_verifying(datagram, trunk, live, marks);
}

void CallStage::record(const Datagram& datagram, const Trunk& trunk, Direction direction, Decision decision,
                       std::string_view reason, bool stripped) {
  recorder_.at_once({.message = message_,
                     .datagram = datagram,
                     .trunk = trunk,
                     .direction = direction,
                     .decision = decision,
                     .reason = reason,
                     .stripped = stripped});
}

Slot* CallStage::park(const Datagram& datagram, const Trunk& trunk, const Live& live, crypto::JobKind kind) {
  const bool room = held_packets_ + datagram.packets.count <= context_.packet_share();
  const std::uint32_t index = room ? parking_.take() : Parking::kNone;
  if (index == Parking::kNone) {
    context_.counters.add(Counter::parked_full);
    return nullptr;
  }
  Slot& slot = parking_[index];
  slot.job.kind = kind;
  slot.datagram = datagram;
  slot.live = &live;
  slot.trunk = &trunk;
  slot.job.sign.wants_hashes = recorder_.enabled();
  slot.job.verify.wants_hashes = recorder_.enabled();
  held_packets_ += datagram.packets.count;
  return &slot;
}

void CallStage::leave(const Slot& slot) {
  held_packets_ -= slot.datagram.packets.count;
  parking_.give_back(parking_.index_of(slot));
}

// Where neither gives a UUID, it is one of zeros: the job fails and the call goes on unsigned.
std::array<char, crypto::kUuidBytes> CallStage::origid_of(const Trunk& trunk, std::string_view octets) {
  std::array<char, crypto::kUuidBytes> origid{};
  if (trunk.config.fixed_origid.size() == origid.size()) {
    std::ranges::copy(trunk.config.fixed_origid, origid.begin());
  } else {
    static_cast<void>(origids_.make(context_.config.element_id, text(octets, message_.call_id()),
                                    text(octets, message_.from().tag), origid));
  }
  return origid;
}

void CallStage::park_for_signing(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::SignPlan& plan,
                                 const Authority& authority) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::sign);
  if (slot == nullptr) {
    record(datagram, trunk, Direction::to_peer, Decision::undecided, "parked_full");
    sender_.pass(datagram);
    return;
  }
  const std::string_view octets = datagram.payload();
  const std::array<char, crypto::kUuidBytes> origid =
      plan.type == crypto::TokenType::shaken ? origid_of(trunk, octets) : std::array<char, crypto::kUuidBytes>{};
  slot->job.sign.orders = authority.orders;
  slot->job.sign.attest = authority.attest;
  crypto::fill_sign_job(plan, message_, octets, {origid.data(), origid.size()}, context_.clock.now(), slot->job.sign);
  slot->signature = crypto::plan_signature_edits(message_, plan, trunk.insert_at);
  DecisionRecorder::prepare(message_, false, *slot);
  context_.counters.add(Counter::to_sign);
  if (!dispatch(*slot)) {
    recorder_.unanswered(*slot, Decision::undecided, "ring_full");
    sender_.pass(slot->datagram);
    leave(*slot);
  }
}

void CallStage::park_for_verifying(Datagram& datagram, const Trunk& trunk, const Live& live,
                                   const crypto::MarkPlan& marks) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::verify);
  if (slot == nullptr) {
    record(datagram, trunk, Direction::from_peer, Decision::undecided, "parked_full", marks.removal_count != 0);
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  crypto::plan_verification(message_, datagram.payload(), trunk.sign_policy.dial_plan, trunk.originator,
                            trunk.verify_policy, context_.clock.now(), slot->job.verify);
  slot->marks = marks;
  DecisionRecorder::prepare(message_, marks.removal_count != 0, *slot);
  context_.counters.add(Counter::to_verify);
  if (!dispatch(*slot)) {
    recorder_.unanswered(*slot, Decision::undecided, "ring_full");
    sender_.send_marked(slot->datagram, marks, not_validated());
    leave(*slot);
  }
}

// The emptier of two, the two taken in turn: nearly as good as the emptiest of all, and it looks at two queues only.
std::size_t CallStage::emptier_link() {
  const std::size_t first = next_link_;
  next_link_ = next_link_ + 1 < links_.size() ? next_link_ + 1 : 0;
  return links_[next_link_]->jobs.write_available() > links_[first]->jobs.write_available() ? next_link_ : first;
}

bool CallStage::dispatch(Slot& slot) {
  const std::size_t link = emptier_link();
  slot.job.keyring = slot.live->generation->keyring(link);
  slot.parked_at = rte_rdtsc();
  context_.publication.park(context_.reader, *slot.live);
  if (links_[link]->jobs.push(parking_.index_of(slot))) {
    return true;
  }
  context_.publication.unpark(context_.reader, *slot.live);
  context_.counters.add(Counter::ring_full);
  return false;
}

}  // namespace stirline::dataplane
