// The claims of a payload, read by what they are: one reader a claim, whatever the type of the token (RFC 8225 5; RFC
// 8588, 8946, 8443, 9027, 9795, 9475). Types of JSON are never lenient (STIR-VS-08).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <simdjson.h>

#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/token_type.hpp"
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

// What a payload says. All texts are views into the JSON reader.
struct Claims {
  ClaimSet present;  // of those whose meaning the type knows
  ClaimSet read;     // of these, the well-formed ones: members of the others hold nothing
  char attest = 0;
  std::int64_t iat = 0;
  ClaimedIdentity orig;
  ClaimedIdentity div;
  std::string_view origid;
  std::string_view opt;
  std::string_view msgi;
  std::string_view sph;
  simdjson::dom::object dest;       // its members tn and uri are non-empty arrays of strings
  simdjson::dom::array priorities;  // of rph: the array auth, non-empty, of texts like "ets.0"
  simdjson::dom::element media_keys;

  // Calls `visit` with each identity of dest.
  template <typename Visit>
  void each_dest(Visit&& visit) const;
};

// Reads what the type asks for and what it gives a meaning. Missing and malformed claims are told; rcd and rcdi only
// noted (rich_call_data.hpp).
void read_claims(const simdjson::dom::object& payload, const TokenTypeFacts& type, Claims& claims, FirstReason& reason);

template <typename Visit>
void Claims::each_dest(Visit&& visit) const {
  if (!read.has(Claim::dest)) {
    return;
  }
  for (const simdjson::dom::key_value_pair kind : dest) {
    simdjson::dom::array identities;
    if ((kind.key == "tn" || kind.key == "uri") && kind.value.get(identities) == simdjson::SUCCESS) {
      for (const simdjson::dom::element identity : identities) {
        std::string_view text;
        if (identity.get(text) == simdjson::SUCCESS) {
          visit(ClaimedIdentity{kind.key == "uri", text});
        }
      }
    }
  }
}

}  // namespace stirline::crypto
