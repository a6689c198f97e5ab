#include "crypto_workers/passport/claims.hpp"

#include "crypto_workers/passport/json_members.hpp"

namespace stirline::crypto {
namespace {

namespace dom = simdjson::dom;

template <typename T>
bool get(const dom::element& element, T& value) {
  return element.get(value) == simdjson::SUCCESS;
}

// Exactly one identity: tn or uri, a string (RFC 8225 5.2.1). `others` more members are allowed.
bool read_identity(const dom::object& object, std::size_t others, ClaimedIdentity& identity) {
  const bool has_number = has(object, "tn");
  if (object.size() != 1 + others || has_number == has(object, "uri")) {
    return false;
  }
  const auto text = member<std::string_view>(object, has_number ? "tn" : "uri");
  if (!text || text->empty() || (has_number && !is_canonical_number(*text))) {
    return false;
  }
  identity = {!has_number, *text};
  return true;
}

bool read_attest(const dom::element& element, Claims& claims) {
  std::string_view text;
  if (!get(element, text) || text.size() != 1 || !is_attestation(text.front())) {
    return false;
  }
  claims.attest = text.front();
  return true;
}

// One kind of `dest`: absent, or a non-empty array of strings.
bool well_formed_destinations(const dom::object& dest, std::string_view kind, bool numbers) {
  if (!has(dest, kind)) {
    return true;
  }
  const auto array = member<dom::array>(dest, kind);
  if (!array || array->size() == 0) {
    return false;
  }
  for (const dom::element element : *array) {
    std::string_view text;
    if (!get(element, text) || text.empty() || (numbers && !is_canonical_number(text))) {
      return false;
    }
  }
  return true;
}

bool read_dest(const dom::element& element, Claims& claims) {
  return get(element, claims.dest) && (has(claims.dest, "tn") || has(claims.dest, "uri")) &&
         well_formed_destinations(claims.dest, "tn", true) && well_formed_destinations(claims.dest, "uri", false);
}

// {"tn":...} or {"uri":...}, and the index of a History-Info entry (RFC 8946 3; RFC 7044 5: "1.2.1").
bool read_div(const dom::element& element, Claims& claims) {
  dom::object object;
  if (!get(element, object) || !read_identity(object, has(object, "hi") ? 1 : 0, claims.div)) {
    return false;
  }
  const auto index = member<std::string_view>(object, "hi");
  return has(object, "hi") == index.has_value() && (!index || index->find_first_not_of("0123456789.") == index->npos);
}

// A JSON integer: no string, no fraction, no exponent (STIR-AS-05).
bool read_iat(const dom::element& element, Claims& claims) {
  return element.is<std::int64_t>() && get(element, claims.iat);
}

bool read_mky(const dom::element& element, Claims& claims) {
  claims.media_keys = element;
  return true;  // media_key_claim.hpp reads it where it is compared
}

bool read_msgi(const dom::element& element, Claims& claims) {
  return get(element, claims.msgi);
}

bool read_opt(const dom::element& element, Claims& claims) {
  return get(element, claims.opt);
}

bool read_orig(const dom::element& element, Claims& claims) {
  dom::object object;
  return get(element, object) && read_identity(object, 0, claims.orig);
}

bool read_origid(const dom::element& element, Claims& claims) {
  return get(element, claims.origid) && is_uuid(claims.origid);
}

bool read_rph(const dom::element& element, Claims& claims) {
  dom::object object;
  if (!get(element, object)) {
    return false;
  }
  const auto priorities = member<dom::array>(object, "auth");
  if (!priorities || priorities->size() == 0) {
    return false;
  }
  for (const dom::element priority : *priorities) {
    std::string_view text;
    if (!get(priority, text) || !is_priority(text)) {
      return false;
    }
  }
  claims.priorities = *priorities;
  return true;
}

bool read_sph(const dom::element& element, Claims& claims) {
  return get(element, claims.sph);
}

bool read_text(const dom::element& element, Claims& /*claims*/) {
  return element.is_string();
}

bool noted(const dom::element& /*element*/, Claims& /*claims*/) {
  return true;
}

struct ClaimReader {
  bool (*read)(const dom::element& element, Claims& claims);
  Reason malformed = Reason::claim_malformed;
};

// In the order of Claim.
constexpr std::array<ClaimReader, kClaims> kReaders = {{
    {read_attest, Reason::attest_invalid},  // attest
    {read_text},                            // crn
    {read_dest},                            // dest
    {read_div},                             // div
    {read_iat},                             // iat
    {read_text},                            // iss
    {read_mky},                             // mky
    {read_msgi},                            // msgi
    {read_opt},                             // opt
    {read_orig},                            // orig
    {read_origid, Reason::origid_invalid},  // origid
    {noted},                                // rcd
    {noted},                                // rcdi
    {read_rph},                             // rph
    {read_sph},                             // sph
}};

}  // namespace

void read_claims(const dom::object& payload, const TokenTypeFacts& type, Claims& claims, FirstReason& reason) {
  claims = {};
  const ClaimSet meaning = type.required | type.one_of | type.meaning;
  std::array<dom::element, kClaims> values;
  for (const dom::key_value_pair entry : payload) {
    for (std::size_t i = 0; i < kClaims; ++i) {
      const auto claim = static_cast<Claim>(i);
      if (meaning.has(claim) && entry.key == to_string(claim)) {
        claims.present.add(claim);
        values[i] = entry.value;
      }
    }
  }
  if (!claims.present.has_all(type.required) || !(type.one_of.empty() || claims.present.has_any(type.one_of))) {
    reason.add(Reason::claim_missing);
  }
  for (std::size_t i = 0; i < kClaims; ++i) {
    const auto claim = static_cast<Claim>(i);
    if (!claims.present.has(claim)) {
      continue;
    }
    if (kReaders[i].read(values[i], claims)) {
      claims.read.add(claim);
    } else {
      reason.add(kReaders[i].malformed);
    }
  }
}

}  // namespace stirline::crypto
