#include "crypto_workers/passport/token_type.hpp"

#include <algorithm>
#include <array>

namespace stirline::crypto {
namespace {

using enum Claim;

constexpr std::array<std::string_view, kClaims> kNames = {
    "attest", "crn", "dest", "div", "iat", "iss", "mky", "msgi", "opt", "orig", "origid", "rcd", "rcdi", "rph", "sph"};
static_assert(std::ranges::is_sorted(kNames));

constexpr std::uint8_t bit(Place place) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(place));
}
constexpr std::uint8_t kInvite = bit(Place::invite);
constexpr std::uint8_t kMessage = bit(Place::message);
constexpr std::uint8_t kResponse = bit(Place::response);
constexpr std::uint8_t kRequests = kInvite | kMessage | bit(Place::other_request);

constexpr ClaimSet kBase = {dest, iat, orig};
constexpr ClaimSet kEverywhere = {mky, crn, rcd, rcdi, iss};  // RFC 8224 4.1, RFC 9795 5

// In the order of TokenType.
constexpr std::array<TokenTypeFacts, kTokenTypes> kTypes = {{
    {.ppt = "",
     .required = kBase,
     .one_of = {},
     .meaning = kEverywhere,
     .places = kRequests,
     .compact = true,
     .decides = true,
     .binds_session = true},
    // RFC 8588 3-4; STIR-SH-01
    {.ppt = "shaken",
     .required = kBase | ClaimSet{attest, origid},
     .one_of = {},
     .meaning = kEverywhere,
     .places = kRequests,
     .decides = true},
    // RFC 8946 3; STIR-DV-01
    {.ppt = "div",
     .required = kBase | ClaimSet{div},
     .one_of = {},
     .meaning = {mky},
     .subject = Subject::div,
     .places = kRequests | kResponse},
    // RFC 8946 5; STIR-DV-05: with its originals inside it proves the caller by itself
    {.ppt = "div-o",
     .required = kBase | ClaimSet{div, opt},
     .one_of = {},
     .meaning = {mky},
     .subject = Subject::div,
     .places = kRequests,
     .decides = true},
    // RFC 8443 3, RFC 9027 3-4; STIR-RP-01, STIR-RP-04
    {.ppt = "rph",
     .required = kBase | ClaimSet{rph},
     .one_of = {},
     .meaning = {mky, sph},
     .subject = Subject::name_space,
     .places = kInvite},
    // RFC 9795 5; STIR-RC-01
    {.ppt = "rcd",
     .required = kBase,
     .one_of = {rcd, crn},
     .meaning = kEverywhere,
     .places = kRequests,
     .decides = true},
    // RFC 9475 3.2; STIR-MS-01
    {.ppt = "msg",
     .required = kBase,
     .one_of = {},
     .meaning = kEverywhere | ClaimSet{msgi},
     .places = kMessage,
     .decides = true},
    // RFC 9970 4; STIR-CI-02
    {.ppt = "rsp",
     .required = kBase,
     .one_of = {},
     .meaning = {mky},
     .subject = Subject::dest,
     .places = kResponse,
     .decides = true},
}};

}  // namespace

std::string_view to_string(Claim claim) {
  return kNames[static_cast<std::size_t>(claim)];
}

const TokenTypeFacts& facts(TokenType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

const TokenTypeFacts* find_token_type(std::string_view ppt) {
  const auto found = std::ranges::find(kTypes, ppt, &TokenTypeFacts::ppt);
  return found == kTypes.end() ? nullptr : &*found;
}

TokenType type_of(const TokenTypeFacts& facts) {
  return static_cast<TokenType>(&facts - kTypes.data());
}

}  // namespace stirline::crypto
