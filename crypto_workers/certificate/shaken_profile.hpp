// The SHAKEN certificate profile as a table of rules, and which of them decide (ATIS-1000080; RFC 8226; STIR-CE-07).
//
// A soft finding is for an engineer to read; a hard one makes a certificate unusable: key, algorithm, CA flag,
// TNAuthList. Off the packet path; any thread; allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <openssl/x509.h>

#include "crypto_workers/certificate/trust_rules.hpp"

namespace stirline::crypto {

// Its place in a chain, which decides what is asked of a certificate.
enum class CertificateRole : std::uint8_t { leaf, intermediate, root };
[[nodiscard]] std::string_view to_string(CertificateRole role);

enum class Severity : std::uint8_t { soft, hard };
[[nodiscard]] std::string_view to_string(Severity severity);

struct ProfileFinding {
  std::string_view rule;  // "signature_algorithm": stable, for scripts
  Severity severity = Severity::soft;
  std::string_view text;  // what the profile asks for, a sentence
};

// Its role by its own contents: self-issued: a root's; CA with keyCertSign: an intermediate's; otherwise a leaf's.
[[nodiscard]] CertificateRole guess_role(X509& certificate);

// Every rule that `certificate` breaks, in the order of the table.
[[nodiscard]] std::vector<ProfileFinding> lint(X509& certificate, CertificateRole role);

// The first hard rule of `profile` that it breaks.
[[nodiscard]] std::optional<ProfileFinding> first_hard_finding(X509& certificate, CertificateRole role,
                                                               CertificateProfile profile);

}  // namespace stirline::crypto
