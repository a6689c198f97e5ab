// Any message that parses. A request: after stripping no verstat is left, after marking the message still parses, with
// one mark for every number. Request or response: across the edge of a trust domain no identity and nothing that our
// own side says of a call is left, in either direction.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/marks.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "sip_parser/headers/privacy.hpp"
#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::identity_marks {
namespace {

using namespace stirline::crypto;
namespace sip = stirline::sip;

// The edited message, or nothing if it became too long to be one.
bool edit(const MarkPlan& plan, std::string_view mark, std::string_view octets, sip::Message& again,
          std::string& edited) {
  sip::EditList edits;
  check(apply_marks(plan, {mark, {}}, edits), "a complete plan fits an empty edit list");
  edited.assign(edits.result_size(octets.size()), '\0');
  check(edits.apply(octets, edited) == edited.size(), "an edit fits into its own size");
  const auto parsed = again.parse(edited);
  if (!parsed) {
    check(edited.size() > octets.size() &&
              (parsed.error().code == sip::ErrorCode::too_long || parsed.error().code == sip::ErrorCode::header_block ||
               parsed.error().code == sip::ErrorCode::content_length_beyond),
          "marking breaks nothing but limits");
  }
  return parsed.has_value();
}

bool has(const sip::Message& message, sip::HeaderId id) {
  return message.first(id) != nullptr;
}

// What must not cross (STIR-PR-01, STIR-PR-02, STIR-VS-15) does not, and the second look finds nothing more to take.
void check_edge(const sip::Message& message, std::string_view octets, sip::Message& again) {
  std::string edited;
  for (const TrustDomain domain : {TrustDomain::same, TrustDomain::other}) {
    const bool other = domain == TrustDomain::other;
    if (const MarkPlan plan = plan_arrival(message, domain); plan.complete && edit(plan, {}, octets, again, edited)) {
      check(!has(again, sip::HeaderId::attestation_info) && !has(again, sip::HeaderId::origination_id),
            "a peer says nothing in our side's name");
      check(!other ||
                (!has(again, sip::HeaderId::p_asserted_identity) && !has(again, sip::HeaderId::p_preferred_identity)),
            "no identity comes from another trust domain");
      check(plan_arrival(again, domain).removals.empty(), "one look at what arrives is enough");
    }
    if (const MarkPlan plan = plan_departure(message, octets, domain);
        plan.complete && edit(plan, {}, octets, again, edited)) {
      check(!has(again, sip::HeaderId::attestation_info) && !has(again, sip::HeaderId::origination_id),
            "what our side says of a call stays here");
      check(!other || !has(again, sip::HeaderId::p_preferred_identity), "no preference leaves");
      const auto privacy = sip::read_privacy(message, octets);
      check(!other || !has(again, sip::HeaderId::p_asserted_identity) || (privacy && !privacy->id),
            "who wants privacy is not named outside");
      check(plan_departure(again, edited, domain).removals.empty(), "one look at what departs is enough");
    }
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  static const auto message = std::make_unique<sip::Message>();
  static const auto again = std::make_unique<sip::Message>();
  static const auto job = std::make_unique<VerifyJob>();
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (!message->parse(octets)) {
    return 0;
  }
  check_edge(*message, octets, *again);
  const sip::DialPlan dial_plan{.country_code = "1", .national_digits = 10};
  plan_verification(*message, octets, dial_plan, Originator::asserted_then_from, {}, 0, *job);
  check(!(job->has_orig && !job->orig_uri.view().empty()), "an identity is a number or a URI");
  SignPolicy policy;
  policy.dial_plan = dial_plan;
  if (const auto plan = plan_signing(*message, octets, policy, message->date().value_or(0))) {
    check(!is_emergency(*message, octets), "emergency calls are never signed");
    check(plan->orig.length > 0 && plan->dest.length > 0, "a plan names both parties");
  }
  const MarkPlan plan = plan_marks(*message, octets, dial_plan, TrustDomain::same, sip::InsertPosition::after_via);
  if (!plan.complete) {
    return 0;
  }
  std::string edited;
  if (edit(plan, {}, octets, *again, edited)) {
    check(plan_marks(*again, edited, dial_plan, TrustDomain::same, sip::InsertPosition::after_via).removals.empty(),
          "no foreign mark is left");
  }
  const MarkPlan strange = plan_marks(*message, octets, dial_plan, TrustDomain::other, sip::InsertPosition::after_via);
  if (strange.complete && edit(strange, {}, octets, *again, edited)) {
    check(!has(*again, sip::HeaderId::p_asserted_identity) && !has(*again, sip::HeaderId::p_preferred_identity),
          "a request from another trust domain asserts nobody");
  }
  // What rules add (SPIT-MK-02, SPIT-MK-04): another name and another target, and the caller is who he was.
  sip::EditList edits;
  check(apply_marks(plan, {.verstat = {}, .lines = {}, .target = "sip:v@x", .name_prefix = "[?] "}, edits),
        "a complete plan fits with a name and a target");
  edited.assign(edits.result_size(octets.size()), '\0');
  check(edits.apply(octets, edited) == edited.size(), "an edit fits into its own size");
  if (again->parse(edited)) {
    check(sip::text(edited, again->request_uri().whole) == "sip:v@x", "the target is the new one");
    check(sip::text(edited, again->from().uri.user) == sip::text(octets, message->from().uri.user) ||
              !plan.removals.empty(),
          "a name changes nobody's identity");
  }
  if (edit(plan, ";verstat=TN-Validation-Failed", octets, *again, edited)) {
    const MarkPlan marked = plan_marks(*again, edited, dial_plan, TrustDomain::same, sip::InsertPosition::after_via);
    check(marked.marks.size() == plan.marks.size(), "marking makes and unmakes no number");
    check(marked.removals.size() == plan.marks.size(), "every mark is read as one");
  }
  return 0;
}

const Target kTarget("identity_marks", run);

}  // namespace
}  // namespace stirline::fuzz::identity_marks
