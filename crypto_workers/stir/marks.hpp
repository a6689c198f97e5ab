// What does not cross the edge between a peer and us, and what is said there about the verdict: verstat (STIR-SH-03,
// STIR-VS-15), Attestation-Info and Origination-Id (STIR-SH-04), identities asserted outside their trust domain (RFC
// 3325 5, 9; STIR-PR-01, STIR-PR-02).
//
// Plans are made at parse time, as positions in the message, and filled with the verdict later: the message is not
// parsed again. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto_workers/stir/reason.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/fixed_list.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

// Is the peer in our trust domain, so that what one side asserts the other believes (RFC 3325 2.4)?
enum class TrustDomain : std::uint8_t { same, other };

struct MarkPlan {
  static constexpr std::size_t kMaxRemovals = 24;
  static constexpr std::size_t kMaxMarks = 1 + sip::kMaxAssertedIdentities;
  sip::FixedList<sip::Span, kMaxRemovals> removals;  // parameters and whole header lines
  struct Mark {
    std::uint16_t offset = 0;  // where ";verstat=..." goes: behind the number of From or of a PAI value
    // A URI without angle brackets takes no parameters (RFC 3261 20: the first ';' begins those of the header field):
    // it is put in brackets. Empty if it has them already.
    sip::Span bracket;
  };
  sip::FixedList<Mark, kMaxMarks> marks;
  std::uint16_t lines_at = 0;  // where new header lines go
  sip::Span target;            // the Request-URI: what is replaced when a request goes somewhere else
  // From's display name as written; where one goes if there is none; and how something is put in front of it.
  enum class NameForm : std::uint8_t { unfit, quoted, words, absent };
  sip::Span caller_name;
  NameForm name_form = NameForm::unfit;
  bool complete = true;  // false: more removals than fit; the message must then not be forwarded as marked
};

// Of a request from a peer: the removals of STIR-VS-15, and the marks of STIR-SH-03 on identities that are telephone
// numbers. From another trust domain all P-Asserted-Identity and P-Preferred-Identity lines go too (STIR-PR-02).
[[nodiscard]] MarkPlan plan_marks(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                                  TrustDomain domain, sip::InsertPosition position);

// Of a response from a peer: the lines that do not cross the edge. No marks.
[[nodiscard]] MarkPlan plan_arrival(const sip::Message& message, TrustDomain domain);

// Of a request or response to a peer, likewise. To another trust domain P-Preferred-Identity stays here, and so does
// P-Asserted-Identity where the user wants privacy: "id", or a Privacy field that cannot be read (STIR-PR-01).
[[nodiscard]] MarkPlan plan_departure(const sip::Message& message, std::string_view octets, TrustDomain domain);

// What is said: texts that outlive the edits.
struct Conveyance {
  std::string_view verstat;           // a complete parameter, ";verstat=TN-Validation-Passed"; empty: only strip
  std::string_view lines;             // complete header lines, or none
  std::string_view target = {};       // a URI in place of the Request-URI (SPIT-MK-04); empty: it stays
  std::string_view name_prefix = {};  // in front of the caller's name, without quotes and backslashes (SPIT-MK-02)
};

// Turns the plan into edits. False if they do not fit; `edits` must then not be used.
[[nodiscard]] bool apply_marks(const MarkPlan& plan, const Conveyance& conveyance, sip::EditList& edits);

// ";verstat=..." for a verdict: static text.
[[nodiscard]] std::string_view verstat_parameter(Verdict verdict, Reason reason);

}  // namespace stirline::crypto
