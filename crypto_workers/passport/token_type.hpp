// The types of PASSporTs that are judged and made here, as a table: claims, place, whom the signer must speak for
// (RFC 8225 8, RFC 8588, RFC 8946, RFC 8443, RFC 9027, RFC 9795, RFC 9475, RFC 9970; STIR-PT-07, STIR-VS-09).
//
// A new type is a row; a new claim is a row in claims.cpp and, if it is made here, in builder.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace stirline::crypto {

// In the order of their names, which is the order of a token (RFC 8225 9; STIR-PT-01).
enum class Claim : std::uint8_t {
  attest,
  crn,
  dest,
  div,
  iat,
  iss,
  mky,
  msgi,
  opt,
  orig,
  origid,
  rcd,
  rcdi,
  rph,
  sph,
};
inline constexpr std::size_t kClaims = static_cast<std::size_t>(Claim::sph) + 1;
[[nodiscard]] std::string_view to_string(Claim claim);

class ClaimSet {
 public:
  constexpr ClaimSet() = default;
  constexpr ClaimSet(std::initializer_list<Claim> claims) {
    for (const Claim claim : claims) {
      add(claim);
    }
  }
  constexpr void add(Claim claim) { bits_ |= bit(claim); }
  [[nodiscard]] constexpr bool has(Claim claim) const { return (bits_ & bit(claim)) != 0; }
  [[nodiscard]] constexpr bool has_all(ClaimSet other) const { return (bits_ & other.bits_) == other.bits_; }
  [[nodiscard]] constexpr bool has_any(ClaimSet other) const { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr ClaimSet operator|(ClaimSet a, ClaimSet b) {
    ClaimSet both;
    both.bits_ = a.bits_ | b.bits_;
    return both;
  }

 private:
  [[nodiscard]] static constexpr std::uint32_t bit(Claim claim) { return 1U << static_cast<unsigned>(claim); }
  std::uint32_t bits_ = 0;
};

// A message that carries Identity header fields.
enum class Place : std::uint8_t { invite, message, other_request, response };

// Whom the signer of a token must be allowed to speak for (STIR-VS-09).
enum class Subject : std::uint8_t {
  orig,        // the caller
  div,         // the party that diverted the call (RFC 8946 4.2)
  dest,        // the party that was reached (RFC 9970 4)
  name_space,  // the priorities it claims, whoever calls (RFC 8443 7.2; STIR-RP-02)
};

enum class TokenType : std::uint8_t { baseline, shaken, div, div_o, rph, rcd, msg, rsp };
inline constexpr std::size_t kTokenTypes = static_cast<std::size_t>(TokenType::rsp) + 1;

struct TokenTypeFacts {
  std::string_view ppt;  // empty: no ppt
  ClaimSet required;
  ClaimSet one_of;   // one of them at least; empty: no such demand
  ClaimSet meaning;  // what else is read in this type; every other claim is signed, and ignored (RFC 8225 8)
  Subject subject = Subject::orig;
  std::uint8_t places = 0;     // a bit for each Place: elsewhere the token is ignored
  bool compact = false;        // may come in compact form
  bool decides = false;        // a valid one proves who calls, or in a response who was reached: the message's verdict
  bool binds_session = false;  // must name the media keys of a session that has any (RFC 8224 4.1; STIR-PT-06)

  [[nodiscard]] bool belongs_in(Place place) const { return (places >> static_cast<unsigned>(place) & 1U) != 0; }
};
[[nodiscard]] const TokenTypeFacts& facts(TokenType type);

// The type of that ppt, or nothing. Values of ppt compare with regard to case.
[[nodiscard]] const TokenTypeFacts* find_token_type(std::string_view ppt);
[[nodiscard]] TokenType type_of(const TokenTypeFacts& facts);

}  // namespace stirline::crypto
