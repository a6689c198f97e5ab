// Diversions, joined: which of a message's tokens lead from the party it reaches now to the one that was called first
// (RFC 8946 4.2; STIR-DV-03).
//
// Two steps. Links are found while the claims lie open, before any signature is looked at; the walk comes when it is
// known which tokens are good. Order of header fields does not matter; cycles lead nowhere; each token is visited once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {

struct Claims;  // claims.hpp

inline constexpr std::size_t kMaxTokens = 16;  // of one message, originals inside div-o included

using TokenSet = std::uint16_t;  // a bit a token
static_assert(kMaxTokens == 16);
[[nodiscard]] constexpr TokenSet token_bit(std::size_t token) {
  return static_cast<TokenSet>(1U << token);
}

// Plain data: it stays with the tokens until their signatures are judged.
struct DiversionLinks {
  TokenSet ends = 0;     // tokens about the party that is reached now
  TokenSet origins = 0;  // where a chain begins: in a request, tokens of their own signers that are no diversions
  std::array<TokenSet, kMaxTokens> earlier{};  // of each token: those whose dest is the party it comes from
};

// Of the `good` tokens those on a whole chain from an end to an origin.
[[nodiscard]] TokenSet chained(const DiversionLinks& links, TokenSet good);

// Takes the identities of one message's tokens and finds the links. One per thread; about 250 kB, allocated once.
class DiversionReader {
 public:
  DiversionReader();
  ~DiversionReader();

  void begin();

  struct Token {
    const Claims* claims = nullptr;  // for dest
    ClaimedIdentity dest;            // instead of the claim, where there is none (compact form)
    ClaimedIdentity from;            // the party that the call came from: div; none for where a chain begins
    bool is_end = false;
    bool is_origin = false;
    int original = -1;    // of a div-o: the token inside it, the only earlier one; -1: any token may be
    bool nested = false;  // itself inside a div-o: nobody else's earlier one
  };
  // `index` below kMaxTokens, each once. Claims are copied.
  void add(std::size_t index, const Token& token);

  [[nodiscard]] DiversionLinks links() const;

  // The first token whose dest is `party` if no token says that the call was diverted from there (RFC 8946 4.1).
  [[nodiscard]] std::optional<std::size_t> tail(const ClaimedIdentity& party) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
