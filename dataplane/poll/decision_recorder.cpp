#include "dataplane/poll/decision_recorder.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace stirline::dataplane {
namespace {

namespace wire = config::wire;
using sip::text;

// INL-TX-11: what the services of a trunk work on.
bool begins_something(const sip::Message& message, Direction direction) {
  const sip::Method method = message.method();
  return message.to().tag.empty() && (method == sip::Method::invite || method == sip::Method::message ||
                                      (method == sip::Method::subscribe && direction == Direction::from_peer));
}

// The number, else the URI in its normal form, else as it stands there: urn:service:sos is neither.
std::string_view written(const crypto::ExtractedIdentity& identity, std::string_view octets, const sip::Uri& uri) {
  return identity.number                ? identity.number->view()
         : !identity.uri.view().empty() ? identity.uri.view()
                                        : text(octets, uri.whole);
}

std::string_view number_or_uri(bool is_number, const sip::TelephoneNumber& number, const crypto::UriIdentity& uri) {
  return is_number ? number.view() : uri.view();
}

std::string_view up_to_zero(std::span<const char> octets) {
  return {octets.data(), static_cast<std::size_t>(std::ranges::find(octets, '\0') - octets.begin())};
}

void add_token(wire::CallRecord& record, std::string_view type, const crypto::TokenHash& hash) {
  record.add({type, hash.known ? std::span<const std::uint8_t>(hash.octets) : std::span<const std::uint8_t>()});
}

// Of a call that is signed, or was to be.
void tell_parties(const crypto::SignJob& job, wire::CallRecord& record) {
  record.orig = job.orig.view();
  record.dest = job.dest.view();
  for (const crypto::TokenOrder& order : job.orders.view()) {
    if (order.type == crypto::TokenType::div) {  // its dest is whom the call goes to now
      record.target = job.dest.view();
      record.dest = order.diverter.view();
      return;
    }
  }
}

void tell_parties(const crypto::VerifyJob& job, wire::CallRecord& record) {
  record.orig = number_or_uri(job.has_orig, job.orig, job.orig_uri);
  record.dest = number_or_uri(job.has_dest, job.dest, job.dest_uri);
  if (job.diverted) {
    record.target = job.target ? job.target->view() : job.target_uri.view();
  }
}

void tell_called(const DecisionRecorder::ForCalled& what, wire::CallRecord& record) {
  record.handling = what.handling;
  if (!what.called.empty()) {
    record.target = what.called;
    record.challenged = what.challenged;
    record.notify = what.notify;
    record.withheld = what.withheld;
  }
}

}  // namespace

DecisionRecorder::DecisionRecorder(PollContext& context)
    : context_(context),
      queue_(context.config.records.enabled ? context.config.records.queue_kib * config::kKib : config::kKib) {}

wire::CallRecord DecisionRecorder::begin(const Datagram& datagram, const Trunk& trunk, Direction direction) const {
  wire::CallRecord record;
  record.flow = direction == Direction::to_peer ? wire::Flow::to_peer : wire::Flow::from_peer;
  record.trunk = trunk.config.name;
  record.core = static_cast<std::uint8_t>(context_.reader);  // at most 64 cores
  record.in_port = context_.port_names[other_side(datagram.out_port)];
  record.out_port = context_.port_names[datagram.out_port];
  return record;
}

wire::CallRecord DecisionRecorder::begin(const Slot& slot) const {
  const bool is_signing = slot.job.kind == crypto::JobKind::sign;
  wire::CallRecord record = begin(slot.datagram, *slot.trunk, is_signing ? Direction::to_peer : Direction::from_peer);
  const std::string_view octets = slot.datagram.payload();
  record.time = is_signing ? slot.job.sign.now : slot.job.verify.now;
  record.method = text(octets, slot.method);
  record.call_id = text(octets, slot.call_id);
  record.stripped = slot.stripped;
  record.wrong_sender = !is_signing && slot.sender == config::policy::Sender::mismatch;
  record.known_caller = !is_signing && slot.known_caller;
  if (is_signing) {
    tell_parties(slot.job.sign, record);
  } else {
    tell_parties(slot.job.verify, record);
  }
  return record;
}

void DecisionRecorder::at_once(const AtOnce& what) {
  context_.watcher.decided(what.datagram, to_string(what.decision), what.reason);
  if (!enabled() || !begins_something(what.message, what.direction)) {
    return;
  }
  const std::string_view octets = what.datagram.payload();
  const sip::DialPlan& dial_plan = what.trunk.sign_policy.dial_plan;
  const auto originator =
      what.direction == Direction::to_peer ? what.trunk.sign_policy.originator : what.trunk.originator;
  const auto orig = what.known_caller ? config::policy::asserted_caller(what.message, octets,
                                                                        {.trunk = what.trunk.config.name,
                                                                         .dial_plan = dial_plan,
                                                                         .originator = originator,
                                                                         .trusted = what.trunk.config.trusted})
                                      : crypto::extract_originator(what.message, octets, dial_plan, originator);
  const auto dest = crypto::extract_destination(what.message, octets, dial_plan);
  wire::CallRecord record = begin(what.datagram, what.trunk, what.direction);
  record.time = context_.clock.now();
  record.decision = what.decision;
  record.status = what.status;
  record.reason = what.reason;
  record.stripped = what.stripped;
  record.rule = what.rule;
  record.wrong_sender = what.wrong_sender;
  record.known_caller = what.known_caller;
  tell_called(what.for_called, record);
  record.method = text(octets, what.message.method_text());
  record.orig = written(orig, octets, what.message.from().uri);
  record.dest = written(dest, octets, what.message.to().uri);
  record.call_id = text(octets, what.message.call_id());
  push(record);
}

void DecisionRecorder::unanswered(const Slot& slot, wire::Decision decision, std::string_view reason,
                                  std::uint16_t status) {
  context_.watcher.decided(slot.datagram, to_string(decision), reason);
  if (!enabled()) {
    return;
  }
  wire::CallRecord record = begin(slot);
  record.decision = decision;
  record.status = status;
  record.reason = reason;
  push(record);
}

void DecisionRecorder::signed_call(const Slot& slot) {
  if (!enabled()) {
    return;
  }
  const crypto::SignJob& job = slot.job.sign;
  wire::CallRecord record = begin(slot);
  record.decision = wire::Decision::signed_;
  for (const crypto::TokenOrder& order : job.orders.view()) {
    if (order.outcome != crypto::SignOutcome::signed_) {
      continue;
    }
    if (order.type == crypto::TokenType::shaken) {
      record.attest = job.attest;
      record.origid = {job.origid.data(), job.origid.size()};
    }
    add_token(record, crypto::facts(order.type).ppt, order.hash);
  }
  push(record);
}

void DecisionRecorder::judged(const Slot& slot, wire::Decision decision, std::string_view reason,
                              const Outcome& outcome) {
  context_.watcher.decided(slot.datagram, to_string(decision), reason);
  if (!enabled()) {
    return;
  }
  const crypto::VerifyJob& job = slot.job.verify;
  wire::CallRecord record = begin(slot);
  record.decision = decision;
  record.status = outcome.status;
  record.reason = reason;
  record.rule = outcome.rule;
  tell_called(outcome.for_called, record);
  record.verdict = job.verdict;
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    const crypto::IdentityVerdict& identity = job.verdicts[i];
    if (identity.verdict == crypto::Verdict::valid || i == job.decisive) {
      add_token(record, up_to_zero(identity.ppt), identity.hash);
    }
    if (i == job.decisive) {
      record.attest = identity.attest;
      record.origid = up_to_zero(identity.origid);
    }
  }
  push(record);
}

void DecisionRecorder::push(const wire::CallRecord& record) {
  std::array<char, wire::kMaxRecordBytes> octets;
  const std::size_t bytes = wire::encode_record(record, octets);
  context_.counters.add(queue_.push({octets.data(), bytes}) ? Counter::recorded : Counter::record_dropped);
}

}  // namespace stirline::dataplane
