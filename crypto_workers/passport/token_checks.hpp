// What header and claims of a PASSporT must agree with: the Identity header field, the time, the SIP message
// (RFC 8224 6.2; STIR-VS-02, -04, -07). Internal to the opener.
#pragma once

#include <span>
#include <string_view>

#include <simdjson.h>

#include "crypto_workers/passport/claims.hpp"
#include "crypto_workers/passport/integrity_digest.hpp"
#include "crypto_workers/passport/open.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

// What the Identity header field says about the token.
struct TokenParameters {
  std::string_view info;
  std::string_view alg;  // empty: absent
  std::string_view ppt;  // empty: baseline
};

// typ, alg, crit, x5u, ppt (RFC 8225 4; STIR-VS-07).
void check_token_header(const simdjson::dom::object& header, const TokenParameters& parameters, FirstReason& reason);

// Freshness, then caller and called party, then what the type adds: media keys, priorities, the digest of a message.
// Fills what `out` tells of claims. `message` is what `expectation` refers to.
void check_token_claims(const Claims& claims, const TokenTypeFacts& type, std::string_view message,
                        const Expectation& expectation, IntegrityDigest& digests, OpenedToken& out,
                        FirstReason& reason);

// Too old, too new, or verified; no overflow for any time (STIR-VS-04).
[[nodiscard]] Reason judge_freshness(std::int64_t time, const Expectation& expectation, std::int64_t past_seconds);

}  // namespace stirline::crypto
