// JWTClaimConstraints (RFC 8226 8) and EnhancedJWTClaimConstraints (RFC 9118): what tokens a certificate may sign
// (STIR-CE-05).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stirline::crypto {

struct PermittedValues {
  std::string claim;
  std::vector<std::string> values;  // text of a string claim, otherwise the claim's deterministic JSON
};

struct ClaimConstraints {
  std::vector<std::string> must_include;
  std::vector<PermittedValues> permitted;
  std::vector<std::string> must_exclude;  // Enhanced only

  [[nodiscard]] bool empty() const { return must_include.empty() && permitted.empty() && must_exclude.empty(); }
};

enum class ConstraintsKind : std::uint8_t {
  plain,     // extension 1.3.6.1.5.5.7.1.27
  enhanced,  // extension 1.3.6.1.5.5.7.1.33
};

// Decodes the octets inside extnValue; nothing if they are not DER of that kind. At most 256 strings. A list that
// excludes iat, orig or dest makes the whole extension void (RFC 9118 3): the result is then empty.
[[nodiscard]] std::optional<ClaimConstraints> decode_claim_constraints(std::span<const std::uint8_t> der,
                                                                       ConstraintsKind kind);

}  // namespace stirline::crypto
