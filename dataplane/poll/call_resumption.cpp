// Steps 7 and 8 of a message's life: back from its crypto core, at its deadline, or when its certificate has come.
#include <rte_cycles.h>

#include "crypto_workers/stir/attestation_info.hpp"
#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

using config::wire::Decision;

namespace {

DelayPath path_of(const Slot& slot) {
  return slot.job.kind == crypto::JobKind::sign ? DelayPath::signing
         : slot.wait_until == 0                 ? DelayPath::verifying
                                                : DelayPath::waiting;
}

}  // namespace

std::size_t CallStage::resume() {
  return links_.take([this](std::span<const std::uint32_t> slots) { fetch_rules(slots); },
                     [this](std::uint32_t index) { finish(index); });
}

// A million users' rules are in no cache. Fetched for all that has come back, they cost little more than for one.
void CallStage::fetch_rules(std::span<const std::uint32_t> slots) {
  const RuleTables* const rules = context_.publication.rules();
  if (rules == nullptr) {
    return;
  }
  const auto for_each_user = [&](auto&& act) {
    for (const std::uint32_t index : slots) {
      if (parking_[index].ruled) {
        act(rules->view(), parking_[index].call.called);
      }
    }
  };
  for_each_user(config::policy::prefetch_user);
  for_each_user([](const auto& tables, auto called) { config::policy::find_user(tables, called).rules.prefetch(); });
}

void CallStage::finish(std::uint32_t index) {
  Slot& slot = parking_[index];
  context_.counters.add(Counter::cycles_wait, rte_rdtsc() - slot.parked_at);
  slot.datagram.path = path_of(slot);
  if (slot.abandoned) {
    context_.counters.add(Counter::replaced, slot.datagram.packets.count);
    context_.release(slot.datagram);
    PollContext::free(slot.datagram.packets);
    let_go_of(slot);
    return;
  }
  context_.watcher.resumed(slot.datagram);
  if (slot.job.kind == crypto::JobKind::sign) {
    finish_signing(slot);
  } else if (slot.unsigned_text) {
    finish_text(slot);
  } else if (waits_for_certificate(slot)) {
    return;
  } else {
    finish_verifying(slot);
  }
  let_go_of(slot);
}

// What goes on behind the message is still decided by the generation that the message has held.
void CallStage::let_go_of(Slot& slot) {
  const Live& live = *slot.live;
  leave(slot);
  context_.publication.unpark(context_.reader, live);
}

void CallStage::finish_signing(Slot& slot) {
  Counters& counters = context_.counters;
  const crypto::SignJob& job = slot.job.sign;
  counters.add(job.outcome);
  sip::EditList edits;
  crypto::DateLine date_line;
  if (!crypto::apply_marks(slot.marks, {}, edits) || !crypto::apply_signature(slot.signature, job, date_line, edits)) {
    leave_unsigned(slot, job.outcome == crypto::SignOutcome::signed_ ? "unmarked" : crypto::to_string(job.outcome));
    return;
  }
  if (edits.result_size(slot.datagram.payload().size()) > slot.largest) {
    counters.add(Counter::message_too_large);
    leave_unsigned(slot, "message_too_large");
    return;
  }
  if (slot.trunk->config.too_large == config::tables::TooLarge::pass && sender_.would_outgrow(slot.datagram, edits)) {
    counters.add(Counter::too_large_unsigned);
    leave_unsigned(slot, "too_large");
    return;
  }
  context_.watcher.decided(slot.datagram, to_string(Decision::signed_), {&job.attest, 1});
  if (!sender_.write(slot.datagram, edits)) {
    recorder_.unanswered(slot, Decision::not_signed, "not_written");
    sender_.leave_unedited(slot.datagram, slot.marks.removals.empty());
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
  recorder_.signed_call(slot);
  const auto date = slot.signature.insert_date ? std::optional(slot.signature.iat) : std::nullopt;
  if (!signed_.remember(slot.name, slot.trunk->config.name, slot.datagram.fingerprint(), {date, job.identity_lines()},
                        rte_rdtsc())) {
    counters.add(Counter::signed_forgotten);
  }
  sender_.retire(slot.datagram);
}

void CallStage::leave_unsigned(Slot& slot, std::string_view reason) {
  recorder_.unanswered(slot, Decision::not_signed, reason);
  leave_undecided(slot.name, slot.datagram);
  sender_.send_marked(slot.datagram, slot.marks, {});
}

void CallStage::finish_verifying(Slot& slot) {
  Counters& counters = context_.counters;
  const crypto::VerifyJob& job = slot.job.verify;
  crypto::Conveyance conveyance{crypto::verstat_parameter(job.verdict, job.reason), {}};
  crypto::AttestationLines lines;
  std::string_view reason = crypto::facts(job.reason).name;
  bool replayed = false;
  counters.add(job.reason);
  switch (job.verdict) {
    case crypto::Verdict::valid: {
      counters.add(Counter::verified_valid);
      const crypto::IdentityVerdict& decisive = job.verdicts[job.decisive];
      const char attest = decisive.attest;
      if (attest != 0) {
        counters.add(attest == 'A' ? Counter::verified_a : attest == 'B' ? Counter::verified_b : Counter::verified_c);
      }
      if (attest != 0 && slot.trunk->config.attestation_info) {
        conveyance.lines =
            crypto::write_attestation_info(attest, {decisive.origid.data(), decisive.origid.size()}, lines);
      }
      replayed = is_replay(slot);
      if (replayed) {
        counters.add(Counter::replay_suspects);
        reason = "replay_suspect";
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
  check_sender(slot);
  if (refuses_verdict(slot, replayed, reason) || refuses_sender(slot)) {
    return;
  }
  const Ruling ruling = rule_on_judged(slot);
  if (refuses_by_rule(slot, ruling, reason)) {
    return;
  }
  remember_complaints(slot);
  recorder_.judged(slot, Decision::judged, reason, {.rule = ruling.rule(), .for_called = for_called(slot, ruling)});
  remember(slot.name, slot.datagram, {.course = Decided::Course::forwarded, .detail = ruling.limited});
  send_ruled(slot.datagram, slot.marks, conveyance, ruling);
}

bool CallStage::is_replay(const Slot& slot) {
  const crypto::VerifyJob& job = slot.job.verify;
  const auto seen = replays_.see({.token = sip::text(job.message, job.identities[job.decisive].digest),
                                  .call_id = sip::text(job.message, slot.name.place.call_id),
                                  .from_tag = sip::text(job.message, slot.name.place.from_tag),
                                  .now = job.now,
                                  .fresh_until = job.now + job.policy.fresh_seconds + job.policy.future_seconds,
                                  .now_cycles = slot.datagram.arrived});
  if (seen == ReplayWatch::Seen::too_many) {
    context_.counters.add(Counter::tokens_forgotten);
  }
  return seen == ReplayWatch::Seen::replayed;
}

void CallStage::remember_complaints(const Slot& slot) {
  const crypto::VerifyJob& job = slot.job.verify;
  if (job.identity_count == 0 || !slot.trunk->config.tell_reasons) {
    return;
  }
  const crypto::Complaints complaints = crypto::complaints_of(job);
  if (complaints.empty()) {
    return;
  }
  context_.counters.add(Counter::reasons_pending);
  const auto remembered = reasons_.remember(job.message, slot.name.place, complaints, job.identity_count > 1);
  if (remembered != PendingReasons::Remembered::yes) {
    context_.counters.add(Counter::reasons_forgotten);
  }
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
  context_.watcher.parked(slot.datagram, "certificate");
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
  if (const std::string_view refusal = dispatch(slot); !refusal.empty()) {
    slot.datagram.path = DelayPath::waiting;
    recorder_.unanswered(slot, Decision::undecided, refusal);
    leave_undecided(slot.name, slot.datagram);
    sender_.send_marked(slot.datagram, slot.marks, not_validated());
    leave(slot);
  }
}

void CallStage::end_wait(std::uint32_t index) {
  Slot& slot = parking_[index];
  context_.counters.add(Counter::wait_expired);
  context_.counters.add(crypto::Reason::certificate_unknown);
  context_.counters.add(Counter::verified_none);
  slot.datagram.path = DelayPath::waiting;
  // Rules hold for it as for any call of nobody known: to name a certificate that never comes is no way past them.
  check_sender(slot);
  const Ruling ruling = rule_on_judged(slot);
  if (!refuses_sender(slot) && !refuses_by_rule(slot, ruling, "wait_expired")) {
    remember_complaints(slot);
    recorder_.judged(slot, Decision::undecided, "wait_expired",
                     {.rule = ruling.rule(), .for_called = for_called(slot, ruling)});
    leave_undecided(slot.name, slot.datagram);
    send_ruled(slot.datagram, slot.marks, not_validated(), ruling);
  }
  let_go_of(slot);
}

void CallStage::give_up_waiting() {
  waiting_.take_all([&](std::uint32_t index) { end_wait(index); });
}

void CallStage::expire(std::uint64_t now_cycles) {
  links_.watch(now_cycles);
  waiting_.take_expired(now_cycles, [&](std::uint32_t index) { end_wait(index); });
  turn_ringing(now_cycles);
  for (std::uint32_t index = parking_.oldest(); index != Parking::kNone; index = parking_.oldest()) {
    Slot& slot = parking_[index];
    if (now_cycles - slot.parked_at < deadline_cycles_) {
      return;
    }
    // The crypto core may still read the originals, so others go on in their place. Without room for those the message
    // waits.
    slot.datagram.path = path_of(slot);
    sip::EditList edits;
    const bool verifying = slot.job.kind == crypto::JobKind::verify;
    const bool marked = crypto::apply_marks(
        slot.marks, verifying ? without_token(slot.unsigned_text && slot.trusted) : crypto::Conveyance{}, edits);
    const bool sent = marked && !edits.empty() ? sender_.write(slot.datagram, edits) : sender_.copy(slot.datagram);
    if (!sent) {
      return;
    }
    context_.counters.add(Counter::job_deadline);
    recorder_.unanswered(slot, Decision::undecided, "job_deadline");
    leave_undecided(slot.name, slot.datagram);
    parking_.abandon(index);
    let_followers_go(slot);
  }
}

}  // namespace stirline::dataplane
