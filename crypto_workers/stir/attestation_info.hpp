// Attestation-Info and Origination-Id (TS 24.229 7.2.18, 7.2.19; STIR-SH-04): what one's own side says of a caller.
// They choose the claims of a token that is made, and tell those of a token that was valid. They never cross an edge
// (marks.hpp).
#pragma once

#include <array>
#include <string_view>

#include "crypto_workers/passport/open.hpp"
#include "sip_parser/message.hpp"

namespace stirline::crypto {

struct AttestationInfo {
  char attest = 0;          // 'A', 'B', 'C'; 0: not said, or said in no way that counts
  std::string_view origid;  // a UUID, in the message; empty: likewise
};
[[nodiscard]] AttestationInfo read_attestation_info(const sip::Message& message, std::string_view octets);

inline constexpr std::size_t kAttestationLinesBytes = 19 + 2 + 16 + kUuidBytes + 2;
using AttestationLines = std::array<char, kAttestationLinesBytes>;

// Both lines, each with CRLF, written to `lines`; only the first if `origid` is no UUID.
[[nodiscard]] std::string_view write_attestation_info(char attest, std::string_view origid, AttestationLines& lines);

}  // namespace stirline::crypto
