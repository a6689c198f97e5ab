// A request that leaves to a peer: what may be signed, with which keys, and its way to a crypto core (STIR-AS-01).
#include <algorithm>
#include <limits>
#include <optional>

#include "crypto_workers/stir/attestation_info.hpp"
#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

using config::wire::Decision;

void CallStage::request_to_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action) {
  Counters& counters = context_.counters;
  const std::string_view octets = datagram.payload();
  const crypto::MarkPlan departure =
      trunk.config.trusted ? crypto::MarkPlan{} : crypto::plan_departure(message_, octets, trunk.domain);
  if (!departure.removals.empty()) {
    counters.add(Counter::withheld);
  }
  const bool flagged = action == sip::Action::flag;
  const bool may_be_signed = departure.complete && !flagged && trunk.signs();
  if (may_be_signed && sends_copy(datagram, trunk, departure)) {
    return;
  }
  const auto not_signed = [&](std::string_view reason) {
    record(datagram, trunk, Direction::to_peer, Decision::not_signed, reason);
  };
  const auto go_on_unsigned = [&] {
    if (begins_something()) {
      leave_undecided(request_, datagram);
    }
    sender_.send_marked(datagram, departure, {});
  };
  if (known_ && known_->course == Decided::Course::undecided) {  // INL-TX-09
    counters.add(Counter::left_undecided);
    context_.watcher.decided(datagram, to_string(Decision::undecided), "left_undecided");
    go_on_unsigned();
    return;
  }
  if ((flagged &&
       refuses(datagram, trunk, Direction::to_peer, {.wanted = trunk.config.answers.malformed, .reason = "flagged"})) ||
      refuses_privacy(datagram, trunk)) {
    return;
  }
  if (!may_be_signed) {
    counters.add(flagged ? Counter::flagged : Counter::passed);
    if (trunk.signs()) {
      not_signed(flagged ? "flagged" : "unmarked");
    }
    go_on_unsigned();
    return;
  }
  if (is_over_limit(datagram, trunk, Direction::to_peer)) {
    if (!refuses(datagram, trunk, Direction::to_peer,
                 {.wanted = trunk.config.answers.over_limit, .reason = "over_limit"})) {
      go_on_undecided(datagram, trunk, Direction::to_peer, departure, "over_limit");
    }
    return;
  }
  const auto plan = crypto::plan_signing(message_, octets, trunk.sign_policy, context_.clock.now());
  if (!plan) {
    counters.add(plan.error());
    not_signed(crypto::to_string(plan.error()));
    go_on_unsigned();
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
    go_on_unsigned();
    return;
  }
  const std::int64_t now = context_.clock.now();
  if (!trunk.bypass_line.empty() && now < trunk.config.identity_bypass_until &&
      plan->type == crypto::TokenType::shaken) {
    crypto::MarkPlan bypass = departure;
    bypass.lines_at = sip::insertion_offset(message_, trunk.insert_at);
    counters.add(Counter::identity_bypassed);
    not_signed("identity_bypassed");
    remember(request_, datagram, {.course = Decided::Course::forwarded});
    sender_.send_marked(datagram, bypass, {{}, trunk.bypass_line});
    return;
  }
  if (live.generation->signing_stopped()) {  // INL-AV-03
    counters.add(Counter::clock_untrusted);
    not_signed("clock_untrusted");
    go_on_unsigned();
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
  if (const std::string_view refusal = dispatch(*slot); !refusal.empty()) {
    overload(slot->datagram, trunk, Direction::to_peer, departure, refusal);
    leave(*slot);
  }
}

}  // namespace stirline::dataplane
