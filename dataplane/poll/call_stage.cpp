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

// What a call is marked with that could not be judged in time: never a wrong verdict, and the peer's own word is gone.
std::string_view not_validated() {
  return crypto::verstat_parameter(crypto::Verdict::none, crypto::Reason::no_identity);
}

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
      links_(std::move(links)),
      origids_(origid_key),
      parking_(context.config.limits.parked),
      waiting_(context.config.limits.waiting),
      requests_(kAskAgainMs * (rte_get_tsc_hz() / 1'000)),
      deadline_cycles_(context.config.limits.job_deadline_us * (rte_get_tsc_hz() / 1'000'000)) {}

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
    sender_.pass(datagram);
    return;
  }
  const auto plan = crypto::plan_signing(message_, datagram.payload(), trunk.sign_policy, context_.clock.now());
  if (!plan) {
    counters.add(plan.error());
    sender_.pass(datagram);
    return;
  }
  Authority authority;
  if (!find_authority(*plan, trunk, live, authority)) {
    counters.add(Counter::not_attested);
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
  if (emergency) {
    // Never parked, never dropped, never judged. What the peer says about itself goes all the same: "To: 911" on a call
    // to somebody else must not be a way to carry a verstat in (STIR-VS-15).
    sender_.send_marked(datagram, trunk.config.trusted ? crypto::MarkPlan{} : marks, {});
    return;
  }
  if (message_.identities_seen() > sip::kMaxIdentities) {
    counters.add(Counter::identity_limit);
    sender_.refuse_malformed(datagram);
    return;
  }
  if (!marks.complete) {
    counters.add(Counter::unmarked);
    sender_.refuse_malformed(datagram);
    return;
  }
  // Not by the action `extract`: an unusual Content-Type makes an INVITE one to pass, and must not spare it the
  // judgement.
  const bool judged = action != sip::Action::flag && is_judged(message_.method()) && message_.to().tag.empty();
  if (marks.removal_count != 0) {
    if (trunk.config.trusted) {  // the peer has judged this request for us (STIR-VS-15)
      counters.add(Counter::passed);
      sender_.pass(datagram);
      return;
    }
    counters.add(Counter::stripped);
  }
  if (!judged) {
    counters.add(action == sip::Action::flag ? Counter::flagged : Counter::passed);
    sender_.send_marked(datagram, marks, {});
    return;
  }
  if (message_.identities().empty()) {
    counters.add(Counter::verified_none);
    counters.add(crypto::Reason::no_identity);
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  park_for_verifying(datagram, trunk, live, marks);
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
  context_.counters.add(Counter::to_sign);
  if (!dispatch(*slot)) {
    sender_.pass(slot->datagram);
    leave(*slot);
  }
}

void CallStage::park_for_verifying(Datagram& datagram, const Trunk& trunk, const Live& live,
                                   const crypto::MarkPlan& marks) {
  Slot* slot = park(datagram, trunk, live, crypto::JobKind::verify);
  if (slot == nullptr) {
    sender_.send_marked(datagram, marks, not_validated());
    return;
  }
  crypto::plan_verification(message_, datagram.payload(), trunk.sign_policy.dial_plan, trunk.originator,
                            trunk.verify_policy, context_.clock.now(), slot->job.verify);
  slot->marks = marks;
  context_.counters.add(Counter::to_verify);
  if (!dispatch(*slot)) {
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

std::size_t CallStage::resume() {
  std::array<std::uint32_t, 64> indices;
  std::size_t moved = 0;
  for (CryptoLink* link : links_) {
    const std::size_t count = link->results.pop(indices.data(), indices.size());
    for (std::size_t i = 0; i < count; ++i) {
      finish(indices[i]);
    }
    moved += count;
  }
  return moved;
}

void CallStage::finish(std::uint32_t index) {
  Slot& slot = parking_[index];
  context_.counters.add(Counter::cycles_wait, rte_rdtsc() - slot.parked_at);
  if (slot.abandoned) {
    context_.counters.add(Counter::replaced, slot.datagram.packets.count);
    context_.release(slot.datagram);
    PollContext::free(slot.datagram.packets);
  } else if (slot.job.kind == crypto::JobKind::sign) {
    finish_signing(slot);
  } else if (waits_for_certificate(slot)) {
    return;
  } else {
    finish_verifying(slot);
  }
  context_.publication.unpark(context_.reader, *slot.live);
  leave(slot);
}

void CallStage::finish_signing(Slot& slot) {
  Counters& counters = context_.counters;
  const crypto::SignJob& job = slot.job.sign;
  counters.add(job.outcome);
  sip::EditList edits;
  if (!crypto::apply_signature(slot.signature, job, slot.date_line, edits)) {
    sender_.pass(slot.datagram);
    return;
  }
  if (slot.trunk->config.too_large == config::tables::TooLarge::pass && sender_.would_outgrow(slot.datagram, edits)) {
    counters.add(Counter::too_large_unsigned);
    sender_.pass(slot.datagram);
    return;
  }
  for (const crypto::TokenOrder& order : job.orders.view()) {
    if (order.outcome == crypto::SignOutcome::signed_) {
      counters.add(order.type);
    }
    if (order.outcome == crypto::SignOutcome::signed_ && order.type == crypto::TokenType::shaken) {
      counters.add(job.attest == 'A' ? Counter::signed_a : job.attest == 'B' ? Counter::signed_b : Counter::signed_c);
    }
  }
  if (slot.signature.insert_date) {
    counters.add(Counter::date_inserted);
  }
  sender_.replace(slot.datagram, edits);
}

void CallStage::finish_verifying(Slot& slot) {
  Counters& counters = context_.counters;
  const crypto::VerifyJob& job = slot.job.verify;
  counters.add(job.reason);
  switch (job.verdict) {
    case crypto::Verdict::valid: {
      counters.add(Counter::verified_valid);
      const char attest = job.verdicts[job.decisive].attest;
      if (attest != 0) {
        counters.add(attest == 'A' ? Counter::verified_a : attest == 'B' ? Counter::verified_b : Counter::verified_c);
      }
      break;
    }
    case crypto::Verdict::invalid:
      counters.add(Counter::verified_invalid);
      break;
    case crypto::Verdict::none:
      counters.add(Counter::verified_none);
      break;
  }
  sender_.send_marked(slot.datagram, slot.marks, crypto::verstat_parameter(job.verdict, job.reason));
}

// A call that is not valid for want of certificates only may wait for them, each call by itself (STIR-CF-05). It holds
// its generation, so that it can go on by it if nothing comes.
bool CallStage::waits_for_certificate(Slot& slot) {
  const crypto::VerifyJob& job = slot.job.verify;
  const std::uint64_t wait_ms = slot.trunk->config.certificate_wait_ms;
  if (job.verdict == crypto::Verdict::valid || wait_ms == 0) {
    return false;
  }
  const std::uint64_t now = rte_rdtsc();
  bool unknown = false;
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    if (job.verdicts[i].reason == crypto::Reason::certificate_unknown) {
      unknown = true;
      const auto asked = requests_.ask(sip::text(job.message, job.verdicts[i].x5u), now);
      context_.counters.add(asked == CertificateRequests::Asked::queued ? Counter::certificates_wanted
                                                                        : Counter::certificates_not_asked);
    }
  }
  if (!unknown || (slot.wait_until != 0 && now >= slot.wait_until)) {
    return false;
  }
  if (waiting_.full()) {
    context_.counters.add(Counter::waiting_full);
    return false;
  }
  if (slot.wait_until == 0) {
    slot.wait_until = now + wait_ms * (rte_get_tsc_hz() / 1'000);
    context_.counters.add(Counter::waited);
  }
  if (slot.live != retried_) {
    retried_ = nullptr;  // a newer generation may know already what this one did not
  }
  const std::uint32_t index = parking_.index_of(slot);
  parking_.set_aside(index);
  waiting_.add(index, slot.wait_until);
  return true;
}

void CallStage::retry(const Live* live) {
  if (live == retried_ || live == nullptr) {
    return;
  }
  retried_ = live;
  waiting_.take_all([&](std::uint32_t index) {
    if (parking_[index].live == live) {
      waiting_.add(index, parking_[index].wait_until);
    } else {
      judge_again(index, *live);
    }
  });
}

// By the trunk of the same name in the newer generation; if it has none, the call ends as it stands.
void CallStage::judge_again(std::uint32_t index, const Live& live) {
  Slot& slot = parking_[index];
  const auto& trunks = live.generation->trunks();
  const std::size_t place = slot.trunk->index;
  if (place >= trunks.size() || trunks[place]->config.name != slot.trunk->config.name) {
    end_wait(index);
    return;
  }
  context_.publication.unpark(context_.reader, *slot.live);
  slot.live = &live;
  slot.trunk = trunks[place].get();
  parking_.bring_back(index);
  if (!dispatch(slot)) {
    sender_.send_marked(slot.datagram, slot.marks, not_validated());
    leave(slot);
  }
}

void CallStage::end_wait(std::uint32_t index) {
  Slot& slot = parking_[index];
  context_.counters.add(Counter::wait_expired);
  context_.counters.add(crypto::Reason::certificate_unknown);
  context_.counters.add(Counter::verified_none);
  sender_.send_marked(slot.datagram, slot.marks, not_validated());
  context_.publication.unpark(context_.reader, *slot.live);
  leave(slot);
}

void CallStage::give_up_waiting() {
  waiting_.take_all([&](std::uint32_t index) { end_wait(index); });
}

void CallStage::expire(std::uint64_t now_cycles) {
  waiting_.take_expired(now_cycles, [&](std::uint32_t index) { end_wait(index); });
  for (std::uint32_t index = parking_.oldest(); index != Parking::kNone; index = parking_.oldest()) {
    const Slot& slot = parking_[index];
    if (now_cycles - slot.parked_at < deadline_cycles_) {
      return;
    }
    // The crypto core may still read the originals, so others go on in their place. Without room for those the message
    // waits.
    sip::EditList edits;
    const bool marked =
        slot.job.kind == crypto::JobKind::verify && crypto::apply_marks(slot.marks, not_validated(), edits);
    const bool sent = marked && !edits.empty() ? sender_.write(slot.datagram, edits) : sender_.copy(slot.datagram);
    if (!sent) {
      return;
    }
    context_.counters.add(Counter::job_deadline);
    parking_.abandon(index);
  }
}

}  // namespace stirline::dataplane
