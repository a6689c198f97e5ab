#include "crypto_workers/passport/claims.hpp"

#include <algorithm>
#include <optional>

#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {
namespace {

namespace dom = simdjson::dom;

template <typename T>
std::optional<T> member(const dom::object& object, std::string_view name) {
  T value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

bool has(const dom::object& object, std::string_view name) {
  return object.at_key(name).error() == simdjson::SUCCESS;
}

// The one identity of `orig`: exactly one member, tn or uri, a string (RFC 8225 5.2.1).
struct Originator {
  bool is_uri = false;
  std::string_view text;
};

std::optional<Originator> read_orig(const dom::object& payload) {
  const auto orig = member<dom::object>(payload, "orig");
  if (!orig || orig->size() != 1) {
    return std::nullopt;
  }
  if (const auto number = member<std::string_view>(*orig, "tn"); number && is_canonical_number(*number)) {
    return Originator{false, *number};
  }
  if (const auto uri = member<std::string_view>(*orig, "uri"); uri && !uri->empty()) {
    return Originator{true, *uri};
  }
  return std::nullopt;
}

// One kind of `dest`: absent, or a non-empty array of strings; `found` tells whether `wanted` is among them.
bool read_destinations(const dom::object& dest, std::string_view kind, bool numbers, std::string_view wanted,
                       bool& present, bool& found) {
  if (!has(dest, kind)) {
    return true;
  }
  const auto array = member<dom::array>(dest, kind);
  if (!array || array->size() == 0) {
    return false;
  }
  present = true;
  for (const dom::element element : *array) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS || text.empty() || (numbers && !is_canonical_number(text))) {
      return false;
    }
    found = found || (!wanted.empty() && text == wanted);
  }
  return true;
}

// iat is a JSON integer: no string, no fraction, no exponent (STIR-AS-05).
bool read_iat(const dom::object& payload, std::int64_t& iat) {
  const auto element = member<dom::element>(payload, "iat");
  return element && element->is<std::int64_t>() && element->get(iat) == simdjson::SUCCESS;
}

void read_shaken(const dom::object& payload, OpenedToken& out, FirstReason& reason) {
  const auto attest = member<std::string_view>(payload, "attest");
  if (attest && attest->size() == 1 && is_attestation(attest->front())) {
    out.attest = attest->front();
  } else {
    reason.add(Reason::attest_invalid);
  }
  const auto origid = member<std::string_view>(payload, "origid");
  if (origid && is_uuid(*origid)) {
    std::ranges::copy(*origid, out.origid.begin());
  } else {
    reason.add(Reason::origid_invalid);
  }
}

// What the token says of the keys that media will use, and what the request says (STIR-PT-06). Of the types judged here
// baseline alone must speak of them.
void check_media_keys(const dom::object& payload, bool baseline, const Expectation& expectation, FirstReason& reason) {
  const bool expected =
      !expectation.media_keys_readable || (expectation.media_keys != nullptr && !expectation.media_keys->empty());
  dom::element claim;
  if (payload.at_key("mky").get(claim) != simdjson::SUCCESS) {
    if (baseline && expected) {
      reason.add(Reason::media_keys_missing);
    }
    return;
  }
  MediaKeyClaim claimed;
  if (!claimed.assign(claim)) {
    reason.add(Reason::claim_malformed);
  } else if (!expectation.media_keys_readable || expectation.media_keys == nullptr ||
             claimed != *expectation.media_keys) {
    reason.add(Reason::media_keys_mismatch);
  }
}

std::string_view number_text(const sip::TelephoneNumber* number) {
  return number == nullptr ? std::string_view() : number->view();
}

}  // namespace

Reason judge_freshness(std::int64_t time, const Expectation& expectation) {
  // Differences of int64 need 64 bits without sign.
  const auto distance = [](std::int64_t later, std::int64_t earlier) {
    return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
  };
  const auto limit = [](std::int64_t seconds) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0));
  };
  if (time < expectation.now) {
    return distance(expectation.now, time) > limit(expectation.fresh_seconds) ? Reason::iat_stale : Reason::verified;
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

void check_token_claims(const dom::object& payload, bool shaken, const Expectation& expectation, OpenedToken& out,
                        FirstReason& reason) {
  if (!has(payload, "dest") || !has(payload, "iat") || !has(payload, "orig") ||
      (shaken && (!has(payload, "attest") || !has(payload, "origid")))) {
    reason.add(Reason::claim_missing);
  }

  const auto orig = read_orig(payload);
  const auto dest = member<dom::object>(payload, "dest");
  bool dest_present = false;
  bool dest_found = false;
  const bool dest_well_formed =
      dest && read_destinations(*dest, "tn", true, number_text(expectation.dest), dest_present, dest_found) &&
      read_destinations(*dest, "uri", false, expectation.dest_uri, dest_present, dest_found) && dest_present;
  const bool iat_well_formed = read_iat(payload, out.iat);
  if (!orig || !dest_well_formed || !iat_well_formed) {
    reason.add(Reason::claim_malformed);
  }
  if (shaken) {
    read_shaken(payload, out, reason);
  }

  if (iat_well_formed) {
    if (const Reason freshness = judge_freshness(out.iat, expectation); freshness != Reason::verified) {
      reason.add(freshness);
    }
  }
  if (orig) {
    out.orig_is_uri = orig->is_uri;
    const std::string_view wanted = orig->is_uri ? expectation.orig_uri : number_text(expectation.orig);
    if (orig->text != wanted) {
      reason.add(Reason::orig_mismatch);
    }
  }
  if (dest_well_formed && !dest_found) {
    reason.add(Reason::dest_mismatch);
  }
  check_media_keys(payload, !shaken, expectation, reason);
}

}  // namespace stirline::crypto
