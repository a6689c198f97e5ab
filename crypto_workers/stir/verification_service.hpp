// The verification service's view of a SIP request (RFC 8224 6.2) and the marking of its verdict (STIR-SH-03,
// STIR-VS-15).
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/message.hpp"

namespace stirline::crypto {

// Fills the "in" part of `job` from a parsed request: identities, canonical numbers, Date.
void plan_verification(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                       Originator originator, const VerifyPolicy& policy, std::int64_t now, VerifyJob& job);

// What an untrusted peer may not say about itself and what we say instead, as positions in the message: taken at parse
// time, filled with the verdict later (the message is not parsed again).
struct MarkPlan {
  static constexpr std::size_t kMaxRemovals = 24;
  static constexpr std::size_t kMaxMarks = 1 + sip::kMaxAssertedIdentities;
  std::array<sip::Span, kMaxRemovals>
      removals;  // foreign verstat parameters; Attestation-Info and Origination-Id lines
  std::size_t removal_count = 0;
  struct Mark {
    std::uint16_t offset = 0;  // where ";verstat=..." goes: behind the number of From or of a PAI value
    // A URI without angle brackets takes no parameters (RFC 3261 20: the first ';' begins those of the header field):
    // it is put in brackets. Empty if it has them already.
    sip::Span bracket;
  };
  std::array<Mark, kMaxMarks> marks;
  std::size_t mark_count = 0;
  bool complete = true;  // false: more removals than fit; the message must then not be forwarded as marked
};

// Plans the removals of STIR-VS-15 and the marks of STIR-SH-03. Marks only on identities that are telephone numbers.
[[nodiscard]] MarkPlan plan_marks(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan);

// Turns the plan into edits; `mark` is the complete parameter (";verstat=TN-Validation-Passed") or empty to strip only;
// it must outlive `edits`. False if the edits do not fit.
[[nodiscard]] bool apply_marks(const MarkPlan& plan, std::string_view mark, sip::EditList& edits);

// ";verstat=..." for a verdict: static text.
[[nodiscard]] std::string_view verstat_parameter(Verdict verdict, Reason reason);

}  // namespace stirline::crypto
