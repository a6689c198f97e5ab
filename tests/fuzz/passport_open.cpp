// Any octets as an Identity header field, or as header and payload JSON of a token: the opener keeps its promises.
//
// First octet: bit 0 says how the rest is read (0: an Identity value; 1: two JSON texts with a line end between them),
// bits 1 to 3 of which type the ppt parameter says the JSON is, bits 4 and 5 where the token stands, bit 6 whether the
// call was diverted.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/open.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::passport_open {
namespace {

using namespace stirline::crypto;
namespace sip = stirline::sip;

constexpr std::string_view kInfo = "https://x.example/c";

std::string encoded(std::string_view text) {
  std::string out(base64url_encoded_size(text.size()), '\0');
  out.resize(base64url_encode(octets_of(text), out));
  return out;
}

std::string identity_value(std::string_view octets, unsigned mode) {
  if ((mode & 1U) == 0) {
    return std::string(octets);
  }
  const std::string_view ppt = facts(static_cast<TokenType>(mode >> 1U & 7U)).ppt;
  const std::size_t end = std::min(octets.find('\n'), octets.size());
  const std::string_view payload = octets.substr(std::min(end + 1, octets.size()));
  return encoded(octets.substr(0, end)) + "." + encoded(payload) + "." + std::string(86, 'A') + ";info=<" +
         std::string(kInfo) + ">" + (ppt.empty() ? "" : ";ppt=" + std::string(ppt));
}

sip::TelephoneNumber number(std::string_view digits) {
  sip::TelephoneNumber result;
  std::ranges::copy(digits, result.digits.begin());
  result.length = static_cast<std::uint8_t>(digits.size());
  return result;
}

bool inside(std::string_view piece, std::string_view whole) {
  return piece.empty() || (piece.data() >= whole.data() && piece.data() + piece.size() <= whole.data() + whole.size());
}

void check_token(const OpenedToken& token, const Expectation& expectation) {
  check(token.attest == 0 || is_attestation(token.attest), "attest is A, B, C or absent");
  check(token.origid[0] == 0 || is_uuid({token.origid.data(), token.origid.size()}), "origid is a UUID or absent");
  check(token.signing_input.size() <= kMaxDigestBytes, "the signing input is bounded");
  if (token.reason != Reason::verified) {
    return;
  }
  const TokenTypeFacts& type = facts(token.type);
  check(type.ppt == token.ppt.data() && type.belongs_in(expectation.place),
        "only known types are judged, where they may stand");
  check(!type.required.has(Claim::attest) || (token.attest != 0 && token.origid[0] != 0), "shaken has its claims");
  check(std::ranges::count(token.signing_input, '.') == 1, "two segments are signed");
  check(token.dest_is_called || expectation.diverted, "only a diverted call may be for somebody else");
  check(token.rich_call_data != RichCallData::malformed, "malformed rich call data spoils its token");
}

int run(const std::uint8_t* data, std::size_t size) {
  static Opener opener(3);
  if (size == 0 || size > 20'000) {
    return 0;
  }
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string value = identity_value(octets, data[0]);
  if (value.size() > 0xff00) {
    return 0;
  }
  const auto identity = sip::parse_identity(value, {0, static_cast<std::uint16_t>(value.size())});

  const sip::TelephoneNumber orig = number("12155550121");
  const sip::TelephoneNumber dest = number("12155550131");
  // Behind the value: what rph is compared with.
  constexpr std::string_view kPriority = "ets.0";
  const std::string message = value + std::string(kPriority);
  const std::array<sip::ResourcePriority, 1> priorities{
      {{{static_cast<std::uint16_t>(value.size()), kPriority.size()}, {}, {}}}};
  Expectation expectation;
  expectation.place = static_cast<Place>(data[0] >> 4U & 3U);
  expectation.diverted = (data[0] & 0x40U) != 0;
  expectation.target = &dest;
  expectation.priorities = priorities;
  expectation.body = octets_of("hello");
  expectation.orig = &orig;
  expectation.dest = &dest;
  expectation.date = 1'790'000'000;
  expectation.now = 1'790'000'000;
  OpenedToken lenient;
  OpenedToken strict;
  opener.open(message, identity, expectation, 0, lenient);
  check(inside(lenient.x5u, message), "x5u is a view of the message");
  check_token(lenient, expectation);
  // Whatever a div-o holds: it may hold a div-o again.
  OpenedToken original = lenient;
  for (int depth = 0; original.type == TokenType::div_o && original.reason == Reason::verified; ++depth) {
    check(depth < 8, "a token has room for a few originals only");
    opener.open_original(message, expectation, 2, original);
    check_token(original, expectation);
  }
  expectation.profile = Profile::strict;
  opener.open(message, identity, expectation, 1, strict);
  check_token(strict, expectation);
  check(strict.reason != Reason::verified || lenient.reason == Reason::verified, "strict refuses more, never less");
  check(strict.signing_input == lenient.signing_input, "the profile changes no octet of what is signed");
  if (lenient.reason == Reason::verified) {
    const ClaimConstraints constraints{{"orig"}, {}, {}};
    check(opener.satisfies(constraints, lenient.signing_input), "a verified token has an orig claim");
  }
  return 0;
}

const Target kTarget("passport_open", run);

}  // namespace
}  // namespace stirline::fuzz::passport_open
