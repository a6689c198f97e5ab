#include "dataplane/poll/call_stage.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <rte_cycles.h>
#include <rte_random.h>

#include "crypto_workers/stir/attestation_info.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/headers/reason.hpp"

namespace stirline::dataplane {
namespace {

bool signs(const Trunk& trunk) {
  return trunk.config.role == config::tables::Role::sign || trunk.config.role == config::tables::Role::both;
}

bool verifies(const Trunk& trunk) {
  return trunk.config.role == config::tables::Role::verify || trunk.config.role == config::tables::Role::both;
}

// Of a Reason of the protocol STIR: the counter for its cause.
Counter complaint(std::optional<std::uint16_t> cause) {
  switch (cause.value_or(0)) {
    case 403:
      return Counter::complaints_403;
    case 428:
      return Counter::complaints_428;
    case 436:
      return Counter::complaints_436;
    case 437:
      return Counter::complaints_437;
    case 438:
      return Counter::complaints_438;
    default:
      return Counter::complaints_other;
  }
}

using config::wire::Decision;

constexpr std::uint64_t kAskAgainMs = 100;
constexpr std::uint64_t kLingerSeconds = 32;  // 64*T1 (RFC 3261 13.3.1.4, 17.1.1.1): copies come so long

// Not SIP at all, or a keep-alive: none of our business, and no mistake of anybody's (INL-UDP-05).
bool is_bypass(sip::ErrorCode code) {
  return code == sip::ErrorCode::not_sip || code == sip::ErrorCode::keepalive;
}

}  // namespace

CallStage::CallStage(PollContext& context, std::vector<CryptoLink*> links, const OrigidKey& origid_key)
    : context_(context),
      sender_(context),
      answers_(context, sender_, origid_key),
      recorder_(context),
      links_(std::move(links)),
      origids_(origid_key),
      parking_(context.config.limits.parked, static_cast<int>(rte_socket_id())),
      waiting_(context.config.limits.waiting),
      requests_(kAskAgainMs * (rte_get_tsc_hz() / 1'000)),
      reasons_(context.config.limits.reasons, static_cast<int>(rte_socket_id()), static_cast<std::uint32_t>(rte_rand()),
               kLingerSeconds * rte_get_tsc_hz()),
      replays_(context.config.limits.tokens, static_cast<int>(rte_socket_id()), static_cast<std::uint32_t>(rte_rand())),
      signed_(context.config.limits.signed_kib, static_cast<int>(rte_socket_id()), kLingerSeconds * rte_get_tsc_hz()),
      decided_(context.config.limits.transactions, static_cast<int>(rte_socket_id()),
               kLingerSeconds * rte_get_tsc_hz()),
      hash_seed_(static_cast<std::uint32_t>(rte_rand())),
      deadline_cycles_(context.config.limits.job_deadline_us * (rte_get_tsc_hz() / 1'000'000)) {}

crypto::Conveyance CallStage::not_validated() {
  return {crypto::verstat_parameter(crypto::Verdict::none, crypto::Reason::no_identity), {}};
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
      refuse_unread(datagram, *match.trunk, parsed.error().code);
    }
    return;
  }
  counters.add(Counter::messages);
  if (message_.kind() == sip::Kind::response) {
    handle_response(datagram, match);
    return;
  }
  handle_request(datagram, match, live);
}

void CallStage::handle_response(Datagram& datagram, const TrunkMatch& match) {
  const Trunk& trunk = *match.trunk;
  const std::string_view octets = datagram.payload();
  context_.counters.add(Counter::responses);
  if (match.direction == Direction::from_peer && signs(trunk)) {
    count_reasons(octets);
  }
  const bool to_peer = match.direction == Direction::to_peer;
  crypto::ReasonLine line;
  std::string_view reason;
  if (to_peer && !reasons_.empty()) {
    reason = reasons_.line_for(octets, transaction_of(message_), message_.status(), rte_rdtsc(), line);
  }
  if (reason.empty() && trunk.domain == crypto::TrustDomain::same) {
    sender_.pass(datagram);
    return;
  }
  crypto::MarkPlan edge;
  if (trunk.domain == crypto::TrustDomain::other) {
    edge =
        to_peer ? crypto::plan_departure(message_, octets, trunk.domain) : crypto::plan_arrival(message_, trunk.domain);
  }
  if (!reason.empty()) {
    edge.lines_at = sip::insertion_offset(message_, trunk.insert_at);
    context_.counters.add(Counter::reasons_told);
  }
  sender_.send_marked(datagram, edge, {{}, reason});
}

// STIR-ER-04: what those who received our tokens say is wrong with them (RFC 9410).
void CallStage::count_reasons(std::string_view octets) {
  if (message_.first(sip::HeaderId::reason) == nullptr) {
    return;
  }
  const auto reasons = sip::read_reasons(message_, octets).value_or(sip::ReasonList{});
  for (const sip::Reason& reason : reasons.view()) {
    if (sip::detail::equal_ignoring_case(sip::text(octets, reason.protocol), "STIR")) {
      context_.counters.add(complaint(reason.cause));
    }
  }
}

void CallStage::handle_request(Datagram& datagram, const TrunkMatch& match, const Live& live) {
  request_ = name_of(message_, datagram.payload(), hash_seed_);
  decided_.prefetch(decision_key(request_, datagram));
  if (keeps_order(datagram) || is_over(datagram, *match.trunk)) {
    return;
  }
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
  const std::string_view octets = datagram.payload();
  const crypto::MarkPlan departure =
      trunk.config.trusted ? crypto::MarkPlan{} : crypto::plan_departure(message_, octets, trunk.domain);
  if (!departure.removals.empty()) {
    counters.add(Counter::withheld);
  }
  const auto not_signed = [&](std::string_view reason) {
    record(datagram, trunk, Direction::to_peer, Decision::not_signed, reason);
  };
  if (action == sip::Action::flag &&
      refuses(datagram, trunk, Direction::to_peer, {.wanted = trunk.config.answers.malformed, .reason = "flagged"})) {
    return;
  }
  if (refuses_privacy(datagram, trunk)) {
    return;
  }
  if (!departure.complete || action == sip::Action::flag || !signs(trunk)) {
    counters.add(action == sip::Action::flag ? Counter::flagged : Counter::passed);
    if (signs(trunk)) {
      not_signed(action == sip::Action::flag ? "flagged" : "unmarked");
    }
    sender_.send_marked(datagram, departure, {});
    return;
  }
  if (sends_copy(datagram, trunk, departure)) {
    return;
  }
  if (known_) {  // INL-TX-09
    counters.add(Counter::left_undecided);
    sender_.send_marked(datagram, departure, {});
    return;
  }
  const auto plan = crypto::plan_signing(message_, octets, trunk.sign_policy, context_.clock.now());
  if (!plan) {
    counters.add(plan.error());
    not_signed(crypto::to_string(plan.error()));
    sender_.send_marked(datagram, departure, {});
    return;
  }
  Authority authority;
  if (trunk.config.attestation_info) {
    const crypto::AttestationInfo info = crypto::read_attestation_info(message_, octets);
    authority.caller = info.attest == 0 ? 'C' : info.attest;  // of nobody whom our side knows
    authority.origid = info.origid;
  }
  if (!find_authority(*plan, trunk, live, authority)) {
    counters.add(Counter::not_attested);
    not_signed("not_attested");
    leave_undecided(request_, datagram);
    sender_.send_marked(datagram, departure, {});
    return;
  }
  const std::int64_t now = context_.clock.now();
  if (!trunk.bypass_line.empty() && now < trunk.config.identity_bypass_until &&
      plan->type == crypto::TokenType::shaken) {
    crypto::MarkPlan bypass = departure;
    bypass.lines_at = sip::insertion_offset(message_, trunk.insert_at);
    counters.add(Counter::identity_bypassed);
    not_signed("identity_bypassed");
    sender_.send_marked(datagram, bypass, {{}, trunk.bypass_line});
    return;
  }
  park_for_signing(datagram, trunk, live, *plan, authority, departure);
}

// STIR-AS-01: no authority, no signature. A token about the caller by the range of his number, one about a diversion by
// the range of whoever diverted. The attestation is the least of what range, our own side and the trunk allow.
bool CallStage::find_authority(const crypto::SignPlan& plan, const Trunk& trunk, const Live& live,
                               Authority& authority) {
  const auto range_of = [&](std::string_view number) { return live.generation->numbers().find(trunk.index, number); };
  char attest = trunk.config.unknown_attest;
  std::uint32_t credential = trunk.unknown_credential;
  if (const auto* range = range_of(plan.orig.view()); range != nullptr) {
    attest = range->attest;
    credential = range->credential;
  }
  if (attest == '-' && plan.type != crypto::TokenType::div) {
    return false;
  }
  authority.attest = std::max({attest, authority.caller, trunk.config.attest_at_most});
  const auto credential_of = [&](std::string_view number) {
    const auto* range = range_of(number);
    return range == nullptr || range->attest == '-' ? std::nullopt : std::optional(range->credential);
  };
  const crypto::Credential* const shown = live.generation->keyring(0)->credential(credential);
  const bool rich_call_data =
      trunk.config.sign_rich_call_data && authority.attest == 'A' && shown != nullptr && !shown->rich_call_data.empty();
  return crypto::order_tokens(plan, credential, credential_of, rich_call_data, trunk.priority_credential,
                              authority.orders);
}

void CallStage::request_from_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action,
                                  bool emergency) {
  Counters& counters = context_.counters;
  // An emergency call keeps who is calling, wherever it comes from (RFC 6881); one that only says so in To does not.
  const bool keeps_caller = emergency && crypto::goes_to_emergency(message_, datagram.payload());
  const crypto::TrustDomain domain = keeps_caller ? crypto::TrustDomain::same : trunk.domain;
  if (!verifies(trunk)) {
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
      record_this(Decision::passed, "trusted_peer");
      sender_.pass(datagram);
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
    }
    sender_.send_marked(datagram, marks, {});
    return;
  }
  if (known_ && known_->course == Decided::Course::undecided) {  // INL-TX-09
    counters.add(Counter::left_undecided);
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  if (message_.identities().empty()) {
    const std::string_view reason = crypto::facts(crypto::Reason::no_identity).name;
    counters.add(Counter::verified_none);
    counters.add(crypto::Reason::no_identity);
    if (!refuses(datagram, trunk, Direction::from_peer,
                 {.wanted = trunk.config.answers.no_identity, .reason = reason, .stripped = stripped})) {
      record_this(Decision::judged, reason);
      remember(request_, datagram, {.course = Decided::Course::forwarded});
      sender_.send_marked(datagram, marks, not_validated());
    }
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

// INL-AV-02: when crypto cores fall behind, what matters least is the first to go on without them. Emergency calls,
// what is inside dialogs, and responses never wait at all.
std::uint32_t CallStage::places_for(const Trunk& trunk, crypto::JobKind kind) {
  const auto places = static_cast<std::uint32_t>(parking_.slots().size());
  if (has_priority(trunk, kind == crypto::JobKind::sign ? Direction::to_peer : Direction::from_peer)) {
    return places;
  }
  switch (message_.method()) {
    case sip::Method::invite:
      return places - places / 16;
    case sip::Method::message:
      return places - places / 4;
    default:
      return places - places / 2;
  }
}

Slot* CallStage::park(const Datagram& datagram, const Trunk& trunk, const Live& live, crypto::JobKind kind) {
  const bool room =
      held_packets_ + datagram.packets.count <= context_.packet_share() && parking_.used() < places_for(trunk, kind);
  const std::uint32_t index = room ? parking_.take(request_.hash()) : Parking::kNone;
  if (index == Parking::kNone) {
    context_.counters.add(Counter::parked_full);
    return nullptr;
  }
  Slot& slot = parking_[index];
  slot.job.kind = kind;
  slot.datagram = datagram;
  slot.live = &live;
  slot.trunk = &trunk;
  slot.name = request_;
  slot.decided = known_.has_value();
  slot.job.sign.wants_hashes = recorder_.enabled();
  slot.job.verify.wants_hashes = recorder_.enabled();
  held_packets_ += datagram.packets.count;
  return &slot;
}

void CallStage::leave(Slot& slot) {
  held_packets_ -= slot.datagram.packets.count;
  parking_.give_back(parking_.index_of(slot));
  let_followers_go(slot);
}

// Where nobody gives a UUID, it is one of zeros: the job fails and the call goes on unsigned.
std::array<char, crypto::kUuidBytes> CallStage::origid_of(const Trunk& trunk, const Authority& authority,
                                                          std::string_view octets) {
  std::array<char, crypto::kUuidBytes> origid{};
  const std::string_view given = authority.origid.empty() ? trunk.config.fixed_origid : authority.origid;
  if (given.size() == origid.size()) {
    std::ranges::copy(given, origid.begin());
  } else {
    static_cast<void>(origids_.make(context_.config.element_id, text(octets, message_.call_id()),
                                    text(octets, message_.from().tag), origid));
  }
  return origid;
}

void CallStage::park_for_signing(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::SignPlan& plan,
                                 const Authority& authority, const crypto::MarkPlan& departure) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::sign);
  if (slot == nullptr) {
    overload(datagram, trunk, Direction::to_peer, departure, "parked_full");
    return;
  }
  const std::string_view octets = datagram.payload();
  const std::array<char, crypto::kUuidBytes> origid = plan.type == crypto::TokenType::shaken
                                                          ? origid_of(trunk, authority, octets)
                                                          : std::array<char, crypto::kUuidBytes>{};
  slot->job.sign.orders = authority.orders;
  slot->job.sign.attest = authority.attest;
  crypto::fill_sign_job(plan, message_, octets, {origid.data(), origid.size()}, context_.clock.now(), slot->job.sign);
  slot->signature = crypto::plan_signature_edits(message_, plan, trunk.insert_at);
  slot->marks = departure;
  slot->largest = message_.method() == sip::Method::message ? trunk.config.largest_message
                                                            : std::numeric_limits<std::size_t>::max();
  DecisionRecorder::prepare(message_, false, *slot);
  context_.counters.add(Counter::to_sign);
  if (!dispatch(*slot)) {
    overload(slot->datagram, trunk, Direction::to_peer, departure, "ring_full");
    leave(*slot);
  }
}

void CallStage::park_for_verifying(Datagram& datagram, const Trunk& trunk, const Live& live,
                                   const crypto::MarkPlan& marks) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::verify);
  if (slot == nullptr) {
    overload(datagram, trunk, Direction::from_peer, marks, "parked_full");
    return;
  }
  crypto::plan_verification(message_, datagram.payload(), trunk.sign_policy.dial_plan, trunk.originator,
                            trunk.verify_policy, context_.clock.now(), slot->job.verify);
  slot->marks = marks;
  DecisionRecorder::prepare(message_, !marks.removals.empty(), *slot);
  context_.counters.add(Counter::to_verify);
  if (!dispatch(*slot)) {
    overload(slot->datagram, trunk, Direction::from_peer, marks, "ring_full");
    leave(*slot);
  }
}

// The request in hand finds no room at the crypto cores: it goes on as it may without them, or is answered.
void CallStage::overload(Datagram& datagram, const Trunk& trunk, Direction direction, const crypto::MarkPlan& marks,
                         std::string_view reason) {
  const bool from_peer = direction == Direction::from_peer;
  const bool stripped = from_peer && !marks.removals.empty();
  if (refuses(datagram, trunk, direction,
              {.wanted = trunk.config.answers.overload, .reason = reason, .stripped = stripped})) {
    return;
  }
  record(datagram, trunk, direction, Decision::undecided, reason, stripped);
  leave_undecided(request_, datagram);
  sender_.send_marked(datagram, marks, from_peer ? not_validated() : crypto::Conveyance{});
}

void CallStage::leave_undecided(const NamedRequest& request, const Datagram& datagram) {
  remember(request, datagram, {.course = Decided::Course::undecided});
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
