// What control has found out about the certificates of others: by regime and x5u, the standing of the chain and the
// facts of the leaf.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/tables/image.hpp"
#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::config::tables {

struct Certificate {
  std::string x5u;
  crypto::Reason standing = crypto::Reason::certificate_unknown;  // verified: usable; else why not
  std::array<std::uint8_t, 65> point{};
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  std::vector<crypto::TnEntry> scope;
  crypto::ClaimConstraints constraints = {};  // STIR-CE-05
  std::vector<std::string> domains = {};      // STIR-ID-07
  std::vector<std::string> namespaces = {};   // STIR-RP-02
  std::string subject = {};                   // RFC 2253 form; empty if it is longer than lists have them (SPIT-CL-02)
  // Under whose anchors it was judged: one record a regime and x5u. crypto::kEveryRegime and certificate_unavailable
  // go together: such a record says until `not_after`, not longer, that the x5u could not be fetched (STIR-CF-04).
  std::uint16_t regime = 0;
};

[[nodiscard]] Image encode_certificates(const std::vector<Certificate>& certificates);
[[nodiscard]] std::expected<std::vector<Certificate>, TableError> decode_certificates(ImageView image);

}  // namespace stirline::config::tables
