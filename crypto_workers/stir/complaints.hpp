// Reason: STIR: what a verification service says of tokens that failed, in the answers to a request that goes on all
// the same (RFC 9410 4, 5; STIR-ER-01, STIR-ER-02).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "sip_parser/fixed_list.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kSignatureTextBytes = base64url_encoded_size(kSignatureBytes);

// One for each Identity header field that failed. It names its token by the signature alone, "..signature": who made
// the token knows it, and nobody learns a number from it.
struct Complaint {
  Reason reason = Reason::no_identity;
  std::uint8_t length = 0;  // of `signature`; 0: the token ends in nothing that looks like one
  std::array<char, kSignatureTextBytes> signature;
};
using Complaints = sip::FixedList<Complaint, sip::kMaxIdentities>;

// Of a job that is done and whose message is still there. Types that are ignored give no cause to complain.
[[nodiscard]] Complaints complaints_of(const VerifyJob& job);

// "Reason: STIR;cause=436;text="Bad Identity Info";ppi="..signature", ..." with CRLF; ppi where `name_tokens`: of a
// request with several tokens.
inline constexpr std::size_t kReasonValueBytes = 80 + kSignatureTextBytes;
inline constexpr std::size_t kReasonLineBytes = 16 + sip::kMaxIdentities * kReasonValueBytes;
using ReasonLine = std::array<char, kReasonLineBytes>;
[[nodiscard]] std::string_view write_complaints(std::span<const Complaint> complaints, bool name_tokens,
                                                ReasonLine& line);

}  // namespace stirline::crypto
