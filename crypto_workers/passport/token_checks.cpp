#include "crypto_workers/passport/token_checks.hpp"

#include <algorithm>

#include "crypto_workers/passport/json_members.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::crypto {
namespace {

namespace dom = simdjson::dom;

static_assert(sip::kMaxResourcePriorities <= 16);  // OpenedToken::priorities
using sip::detail::equal_ignoring_case;

// A party as the message names it.
struct Party {
  const sip::TelephoneNumber* number;
  std::string_view uri;

  [[nodiscard]] bool is(const ClaimedIdentity& claimed) const {
    const std::string_view own = claimed.is_uri ? uri : number == nullptr ? std::string_view() : number->view();
    return !own.empty() && own == claimed.text;
  }
};

bool destined_for(const Claims& claims, const Party& party) {
  bool found = false;
  claims.each_dest([&](const ClaimedIdentity& identity) { found = found || party.is(identity); });
  return found;
}

void check_parties(const Claims& claims, const TokenTypeFacts& type, const Expectation& expectation, OpenedToken& out,
                   FirstReason& reason) {
  if (claims.read.has(Claim::orig) && !Party{expectation.orig, expectation.orig_uri}.is(claims.orig)) {
    reason.add(Reason::orig_mismatch);
  }
  if (!claims.read.has(Claim::dest)) {
    return;
  }
  const Party called{expectation.dest, expectation.dest_uri};
  out.dest_is_called = destined_for(claims, called);
  out.div_is_called = called.is(claims.div);
  out.dest_is_target = expectation.diverted && destined_for(claims, {expectation.target, expectation.target_uri});
  // A diversion, or a token in front of one, is judged by the whole chain (diversion_chain.hpp).
  if (!expectation.diverted && (type.subject == Subject::div || !out.dest_is_called)) {
    reason.add(type.subject == Subject::div ? Reason::chain_incomplete : Reason::dest_mismatch);
  }
}

// What the token says of the keys that media will use, and what the message says (STIR-PT-06).
void check_media_keys(const Claims& claims, const TokenTypeFacts& type, const Expectation& expectation,
                      FirstReason& reason) {
  const bool expected =
      !expectation.media_keys_readable || (expectation.media_keys != nullptr && !expectation.media_keys->empty());
  if (!claims.present.has(Claim::mky)) {
    if (type.binds_session && expected) {
      reason.add(Reason::media_keys_missing);
    }
    return;
  }
  MediaKeyClaim claimed;
  if (!claimed.assign(claims.media_keys)) {
    reason.add(Reason::claim_malformed);
  } else if (!expectation.media_keys_readable || expectation.media_keys == nullptr ||
             claimed != *expectation.media_keys) {
    reason.add(Reason::media_keys_mismatch);
  }
}

// Each priority that is claimed stands in Resource-Priority (RFC 8443 4.2, RFC 9027 5; STIR-RP-01). A claim sph goes
// with esnet and a PSAP's callback only (STIR-RP-04).
void check_priorities(const Claims& claims, std::string_view message, const Expectation& expectation, OpenedToken& out,
                      FirstReason& reason) {
  if (!claims.read.has(Claim::rph)) {
    return;
  }
  constexpr std::string_view kEmergencyServices = "esnet.";
  bool emergency_services = false;
  for (const dom::element element : claims.priorities) {
    const std::string_view claimed = element.get_string().value_unsafe();
    emergency_services =
        emergency_services || equal_ignoring_case(claimed.substr(0, kEmergencyServices.size()), kEmergencyServices);
    std::uint16_t named = 0;
    for (std::size_t i = 0; i < expectation.priorities.size(); ++i) {
      if (equal_ignoring_case(sip::text(message, expectation.priorities[i].whole), claimed)) {
        named = static_cast<std::uint16_t>(named | 1U << i);
      }
    }
    if (named == 0) {
      reason.add(Reason::priority_mismatch);
    }
    out.priorities |= named;
  }
  if (claims.present.has(Claim::sph) &&
      (claims.sph != "psap-callback" || !emergency_services || !expectation.psap_callback)) {
    reason.add(Reason::priority_mismatch);
  }
}

void check_message(const Claims& claims, const Expectation& expectation, IntegrityDigest& digests,
                   FirstReason& reason) {
  if (!claims.read.has(Claim::msgi)) {
    return;
  }
  switch (digests.compare(claims.msgi, expectation.body)) {
    case DigestMatch::equal:
      break;
    case DigestMatch::different:
      reason.add(Reason::message_mismatch);
      break;
    case DigestMatch::malformed:
      reason.add(Reason::claim_malformed);
      break;
  }
}

}  // namespace

Reason judge_freshness(std::int64_t time, const Expectation& expectation, std::int64_t past_seconds) {
  // Differences of int64 need 64 bits without sign.
  const auto distance = [](std::int64_t later, std::int64_t earlier) {
    return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
  };
  const auto limit = [](std::int64_t seconds) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0));
  };
  if (time < expectation.now) {
    return distance(expectation.now, time) > limit(past_seconds) ? Reason::iat_stale : Reason::verified;
  }
  return distance(time, expectation.now) > limit(expectation.future_seconds) ? Reason::iat_in_future : Reason::verified;
}

void check_token_header(const dom::object& header, const TokenParameters& parameters, FirstReason& reason) {
  const bool needs_ppt = !parameters.ppt.empty();
  if (!has(header, "alg") || !has(header, "typ") || !has(header, "x5u") || (needs_ppt && !has(header, "ppt"))) {
    reason.add(Reason::header_key_missing);
  }
  if (has(header, "x5u") && member<std::string_view>(header, "x5u") != parameters.info) {
    reason.add(Reason::x5u_mismatch);
  }
  if (has(header, "typ") && member<std::string_view>(header, "typ") != kType) {
    reason.add(Reason::typ_unsupported);
  }
  if (has(header, "alg") && member<std::string_view>(header, "alg") != kAlgorithm) {
    reason.add(Reason::alg_unsupported);
  }
  if (has(header, "crit")) {
    reason.add(Reason::crit_unsupported);
  }
  if (!parameters.alg.empty() && parameters.alg != kAlgorithm) {
    reason.add(Reason::alg_mismatch);
  }
  if (has(header, "ppt") && (!needs_ppt || member<std::string_view>(header, "ppt") != parameters.ppt)) {
    reason.add(Reason::ppt_mismatch);
  }
}

void check_token_claims(const Claims& claims, const TokenTypeFacts& type, std::string_view message,
                        const Expectation& expectation, IntegrityDigest& digests, OpenedToken& out,
                        FirstReason& reason) {
  out.iat = claims.iat;
  out.attest = claims.attest;
  if (claims.read.has(Claim::origid)) {
    std::ranges::copy(claims.origid, out.origid.begin());
  }
  out.third_party = claims.present.has(Claim::iss);

  Reason parties = Reason::verified;
  FirstReason parties_reason(parties);
  check_parties(claims, type, expectation, out, parties_reason);
  if (claims.read.has(Claim::iat)) {
    // What an earlier party of a diverted call was told may be older (RFC 8946 4.2).
    const bool earlier = expectation.diverted && !out.dest_is_target;
    const std::int64_t past =
        earlier ? std::max(expectation.fresh_seconds, expectation.diverted_seconds) : expectation.fresh_seconds;
    reason.add(judge_freshness(claims.iat, expectation, past));
    out.fresh = judge_freshness(claims.iat, expectation, expectation.fresh_seconds) == Reason::verified;
  }
  reason.add(parties);
  check_media_keys(claims, type, expectation, reason);
  check_priorities(claims, message, expectation, out, reason);
  check_message(claims, expectation, digests, reason);
}

}  // namespace stirline::crypto
