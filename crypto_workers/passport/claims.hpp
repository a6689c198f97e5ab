// What header and payload of a baseline or `shaken` PASSporT must hold, judged member by member. Types are never
// lenient (STIR-VS-08).
#pragma once

#include <string_view>

#include <simdjson.h>

#include "crypto_workers/passport/open.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

// The first trouble is the one that is told.
class FirstReason {
 public:
  explicit FirstReason(Reason& reason) : reason_(reason) {}
  void add(Reason reason) {
    if (reason_ == Reason::verified) {
      reason_ = reason;
    }
  }
  [[nodiscard]] bool none() const { return reason_ == Reason::verified; }

 private:
  Reason& reason_;
};

// What the Identity header field says about the token.
struct TokenParameters {
  std::string_view info;
  std::string_view alg;  // empty: absent
  std::string_view ppt;  // empty: baseline
};

// typ, alg, crit, x5u, ppt (RFC 8225 4; STIR-VS-07).
void check_token_header(const simdjson::dom::object& header, const TokenParameters& parameters, FirstReason& reason);

// Presence and types of the claims, then freshness, then caller and called party. Fills what `out` tells of claims.
void check_token_claims(const simdjson::dom::object& payload, bool shaken, const Expectation& expectation,
                        OpenedToken& out, FirstReason& reason);

// Too old, too new, or verified; no overflow for any time (STIR-VS-04).
[[nodiscard]] Reason judge_freshness(std::int64_t time, const Expectation& expectation);

}  // namespace stirline::crypto
