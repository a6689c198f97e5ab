// Whom users call becomes their contact: noted as a call or message leaves to a peer, told to control when the peer's
// side answers (SPIT-FW-10).
#include <rte_cycles.h>

#include "crypto_workers/stir/attestation_info.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "sip_parser/start_line.hpp"

namespace stirline::dataplane {
namespace {

namespace wire = config::wire;

std::string_view text_of(const crypto::ExtractedIdentity& identity) {
  return identity.number ? identity.number->view() : identity.uri.view();
}

// A request that says so was not begun by its caller: who diverts it to somebody does not make that one known to him.
bool is_diverted(const sip::Message& message) {
  return message.first(sip::HeaderId::diversion) != nullptr || message.first(sip::HeaderId::history_info) != nullptr;
}

}  // namespace

// Nobody can make himself known to a user but by being called, and nobody can speak for a user of ours (SPIT-FW-07): a
// number must be one that we attest with A, and if our own side says what it knows of callers, it must say A.
bool CallStage::is_user_of_ours(const crypto::ExtractedIdentity& caller, const Trunk& trunk, const Live& live,
                                std::string_view octets) const {
  if (trunk.config.attestation_info && crypto::read_attestation_info(message_, octets).attest != 'A') {
    return false;
  }
  if (!caller.number) {
    return !caller.uri.view().empty();
  }
  const auto* const range = live.generation->numbers().find(trunk.index, caller.number->view());
  return range != nullptr && range->attest == 'A';
}

void CallStage::note_outgoing(const Datagram& datagram, const Trunk& trunk, const Live& live) {
  const RuleTables* const rules = context_.publication.rules();
  const sip::Method method = message_.method();
  if (!outgoing_.enabled() || rules == nullptr || !rules->view().lists.learns_contacts() ||
      (method != sip::Method::invite && method != sip::Method::message) || !begins_something() ||
      is_diverted(message_)) {
    return;
  }
  const std::string_view octets = datagram.payload();
  const sip::DialPlan& dial_plan = trunk.sign_policy.dial_plan;
  const auto caller = crypto::extract_originator(message_, octets, dial_plan, trunk.sign_policy.originator);
  const auto called = crypto::extract_target(message_, octets, dial_plan);
  const wire::ContactRecord parties{.user = text_of(caller), .contact = text_of(called)};
  if (parties.contact.empty() || parties.user == parties.contact || !is_user_of_ours(caller, trunk, live, octets)) {
    return;
  }
  if (!outgoing_.remember(request_.key, method, parties, rte_rdtsc())) {
    context_.counters.add(Counter::outgoing_forgotten);
  }
}

void CallStage::note_answer(std::string_view octets) {
  if (!outgoing_.enabled()) {
    return;
  }
  const sip::Method method = sip::detail::method_of(sip::text(octets, message_.cseq_method()));
  if (method != sip::Method::invite && method != sip::Method::message) {
    return;
  }
  const auto parties = outgoing_.answered(name_of(message_, octets, hash_seed_).key, method, message_.status());
  if (!parties) {
    return;
  }
  std::array<char, wire::kMaxContactBytes> record;
  const std::size_t bytes = wire::encode_contact(*parties, record);
  const bool is_told = bytes != 0 && contacts_.push({record.data(), bytes});
  context_.counters.add(is_told ? Counter::contacts_learned : Counter::contact_dropped);
}

}  // namespace stirline::dataplane
