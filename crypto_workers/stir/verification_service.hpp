// The verification service's view of a SIP request (RFC 8224 6.2).
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "sip_parser/message.hpp"

namespace stirline::crypto {

// Fills the "in" part of `job` from a parsed request: identities, canonical numbers, Date.
void plan_verification(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                       Originator originator, const VerifyPolicy& policy, std::int64_t now, VerifyJob& job);

}  // namespace stirline::crypto
