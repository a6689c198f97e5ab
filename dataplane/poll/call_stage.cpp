#include "dataplane/poll/call_stage.hpp"

#include <utility>

#include <rte_cycles.h>
#include <rte_random.h>

#include "sip_parser/characters.hpp"
#include "sip_parser/headers/reason.hpp"

namespace stirline::dataplane {
namespace {

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

constexpr std::size_t kContactQueueBytes = 262'144;  // some 5,000 contacts that control has not taken
constexpr std::uint32_t kNearCopies = 8'192;         // texts of which copies are counted, some 400 kB
constexpr std::uint32_t kLimitedRules = 16'384;      // with calls counted, 256 kB
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
      puzzles_(origid_key),
      payments_(origid_key, static_cast<int>(rte_socket_id()), static_cast<std::uint32_t>(rte_rand())),
      answers_(context, sender_, origid_key, puzzles_, payments_),
      recorder_(context),
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
      ringing_(static_cast<int>(rte_socket_id()), rte_get_tsc_hz()),
      sources_(context.config.limits.sources, static_cast<int>(rte_socket_id()), static_cast<std::uint32_t>(rte_rand()),
               rte_get_tsc_hz()),
      buckets_(kLimitedRules, static_cast<int>(rte_socket_id()), rte_get_tsc_hz()),
      outgoing_(context.config.limits.outgoing),
      contacts_(kContactQueueBytes),
      figures_(context.config.limits, static_cast<int>(rte_socket_id())),
      copies_(kNearCopies),
      hash_seed_(static_cast<std::uint32_t>(rte_rand())),
      deadline_cycles_(context.config.limits.job_deadline_us * (rte_get_tsc_hz() / 1'000'000)),
      links_(std::move(links), deadline_cycles_) {}

crypto::Conveyance CallStage::not_validated() {
  return {crypto::verstat_parameter(crypto::Verdict::none, crypto::Reason::no_identity), {}};
}

void CallStage::handle(Datagram& datagram, const TrunkMatch& match, const Live& live) {
  Counters& counters = context_.counters;
  if (match.trunk->config.role == config::tables::Role::pass) {
    counters.add(Counter::passed);
    if (context_.watcher.on()) [[unlikely]] {
      context_.watcher.arrived(datagram, match, nullptr, "role_pass");
    }
    sender_.pass(datagram);
    return;
  }
  const std::uint64_t started = rte_rdtsc();
  const auto parsed = message_.parse(datagram.payload());
  counters.add(Counter::cycles_parse, rte_rdtsc() - started);
  counters.add(parsed ? sip::ErrorCode::ok : parsed.error().code);
  if (context_.watcher.on()) [[unlikely]] {
    context_.watcher.arrived(datagram, match, parsed ? &message_ : nullptr,
                             parsed ? std::string_view() : sip::to_string(parsed.error().code));
  }
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
  note_answer(octets, match.direction);
  if (match.direction == Direction::from_peer && trunk.signs()) {
    count_reasons(octets);
  }
  if (match.direction == Direction::from_peer) {
    note_answer(octets);
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
  note_end(octets);
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
    note_outgoing(datagram, *match.trunk, live);
    request_to_peer(datagram, *match.trunk, live, sip::action_for(message_, octets, {}));
  }
  context_.counters.add(Counter::cycles_decide, rte_rdtsc() - started);
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
  slot.decided = known_;
  slot.unsigned_text = false;
  slot.job.sign.wants_hashes = recorder_.enabled();
  slot.job.verify.wants_hashes = recorder_.enabled();
  held_packets_ += datagram.packets.count;
  return &slot;
}

void CallStage::leave(Slot& slot) {
  held_packets_ -= slot.datagram.packets.count;
  slot.content.image.reset();
  parking_.give_back(parking_.index_of(slot));
  let_followers_go(slot);
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
  go_on_undecided(datagram, trunk, direction, marks, reason);
}

void CallStage::go_on_undecided(Datagram& datagram, const Trunk& trunk, Direction direction,
                                const crypto::MarkPlan& marks, std::string_view reason) {
  const bool from_peer = direction == Direction::from_peer;
  record(datagram, trunk, direction, Decision::undecided, reason, from_peer && !marks.removals.empty());
  leave_undecided(request_, datagram);
  sender_.send_marked(datagram, marks, from_peer ? not_validated() : crypto::Conveyance{});
}

// INL-AV-02: what one source may begin. Copies of what was decided before are nothing new (STIR-RP-05: nor are priority
// calls ever too many).
bool CallStage::is_over_limit(const Datagram& datagram, const Trunk& trunk, Direction direction) {
  const std::uint32_t per_second = trunk.config.new_per_second;
  if (per_second == 0 || known_ || !begins_something() || has_priority(trunk, direction)) {
    return false;
  }
  const SourceLimits::Taken taken =
      sources_.take({.source = datagram.frame.source,
                     .trunk = trunk.config.name,
                     .per_second = per_second,
                     .burst = trunk.config.new_burst == 0 ? per_second : trunk.config.new_burst,
                     .now_cycles = rte_rdtsc()});
  if (taken.over) {
    context_.counters.add(Counter::over_limit);
  }
  if (taken.forgot) {
    context_.counters.add(Counter::sources_forgotten);
  }
  return taken.over;
}

void CallStage::leave_undecided(const NamedRequest& request, const Datagram& datagram) {
  remember(request, datagram, {.course = Decided::Course::undecided});
}

std::string_view CallStage::dispatch(Slot& slot) {
  const auto link = links_.choose();
  if (!link) {
    context_.counters.add(Counter::crypto_stuck);
    return "crypto_stuck";
  }
  slot.job.keyring = slot.live->generation->keyring(*link);
  slot.parked_at = rte_rdtsc();
  context_.publication.park(context_.reader, *slot.live);
  if (links_.send(*link, parking_.index_of(slot), slot.parked_at)) {
    context_.watcher.parked(slot.datagram, "crypto_core");
    return {};
  }
  context_.publication.unpark(context_.reader, *slot.live);
  context_.counters.add(Counter::ring_full);
  return "ring_full";
}

}  // namespace stirline::dataplane
