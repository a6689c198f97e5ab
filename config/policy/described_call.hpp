// A request as rules see it: whom it calls, who calls as far as anybody knows, and what it carries (SPIT-FW-01,
// SPIT-FW-02, SPIT-PL-01). The packet cores and `stirline explain` describe calls by this code alone.
//
// Pure; no heap.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/policy/identity_key.hpp"
#include "config/policy/list_table.hpp"
#include "config/policy/rule_set.hpp"
#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::config::policy {

// Where a request came in.
struct CallOrigin {
  std::string_view trunk;  // its name
  const sip::DialPlan& dial_plan;
  crypto::Originator originator = crypto::Originator::asserted_then_from;
  bool trusted = false;  // what the peer asserts is believed (RFC 3325)
};

struct DescribedCall {
  Key called = kNoKey;          // the Request-URI; kNoKey: neither a number nor a URI that could have rules
  bool described = false;       // there is somebody who asks: all below is filled in
  std::uint32_t asked = 0;      // kinds of texts that were looked for
  CallFacts facts;              // those of the call: complete once a verdict was added
  bool solves_puzzles = false;  // so says the request (SPIT-HC-04)
  std::optional<std::uint8_t> peer_score = {};  // the spam score that a trusted peer gives it (SPIT-MK-01)
  // What lists are asked about (listed_call.hpp), if `asked` has them; of `shown` only what is no identity.
  ClaimedCall claimed = {};
  ShownCaller shown = {};

  [[nodiscard]] bool asks(KeyKind kind) const { return (asked >> static_cast<unsigned>(kind) & 1) != 0; }
};

// An INVITE, MESSAGE or SUBSCRIBE outside a dialog: what is judged. `message` is a request.
[[nodiscard]] bool begins_something(const sip::Message& message);

// Who is called: the key of the Request-URI.
[[nodiscard]] Key called_by(const sip::Message& message, std::string_view octets, const CallOrigin& origin,
                            const KeySecret& secret);

// Everything but who calls and who is called, with texts of the kinds `asked` (bits as RuleSet::asked() has them).
// `message` is an INVITE, MESSAGE or SUBSCRIBE parsed from `octets` without error.
void describe_call(const sip::Message& message, std::string_view octets, const CallOrigin& origin,
                   const KeySecret& secret, std::int64_t now, std::uint32_t asked, DescribedCall& call);

// How sure the verdict on its tokens makes it who calls.
[[nodiscard]] Authentication authentication_of(const crypto::VerifyJob& job);

// Who calls, by the verdict on its tokens. Only what attests the number itself makes an identity: shaken with A, or a
// token that says nothing about attestation (RFC 8224); B and C vouch for somebody else.
void add_verdict(const crypto::VerifyJob& job, const KeySecret& secret, DescribedCall& call);

// Who calls, where no token says: what a trusted peer asserts, or nobody.
void add_asserted(const sip::Message& message, std::string_view octets, const CallOrigin& origin,
                  const KeySecret& secret, DescribedCall& call);

// Whom add_asserted() means: a number, or else a URI, or neither.
[[nodiscard]] crypto::ExtractedIdentity asserted_caller(const sip::Message& message, std::string_view octets,
                                                        const CallOrigin& origin);

// Whether the peer may speak for who calls (SPIT-CL-12), in place of what was said before.
void add_sender(Sender sender, DescribedCall& call);

}  // namespace stirline::config::policy
