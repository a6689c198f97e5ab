// Any request that parses: after stripping no verstat is left, after marking the message still parses, with one mark
// for every number.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/marks.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using stirline::fuzz::check;
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto message = std::make_unique<sip::Message>();
  static const auto again = std::make_unique<sip::Message>();
  static const auto job = std::make_unique<VerifyJob>();
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (!message->parse(octets)) {
    return 0;
  }
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
  if (edit(plan, ";verstat=TN-Validation-Failed", octets, *again, edited)) {
    const MarkPlan marked = plan_marks(*again, edited, dial_plan, TrustDomain::same, sip::InsertPosition::after_via);
    check(marked.marks.size() == plan.marks.size(), "marking makes and unmakes no number");
    check(marked.removals.size() == plan.marks.size(), "every mark is read as one");
  }
  return 0;
}
