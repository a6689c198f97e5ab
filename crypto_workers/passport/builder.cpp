#include "crypto_workers/passport/builder.hpp"

#include <array>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kMaxBuiltJsonBytes = 1'536;

void add_base64url(TextWriter& out, std::string_view text) {
  const std::size_t length = base64url_encode(octets_of(text), out.rest());
  if (length == 0) {
    out.fail();
  }
  out.grow(length);
}

// Both parts are written with their members already in the order of RFC 8225 9.
std::expected<std::size_t, BuildError> encode(const TextWriter& header, const TextWriter& payload,
                                              std::span<char> out) {
  TextWriter token(out);
  if (header.overflow() || payload.overflow()) {
    return std::unexpected(BuildError::too_long);
  }
  add_base64url(token, header.view());
  token.add('.');
  add_base64url(token, payload.view());
  if (token.overflow()) {
    return std::unexpected(BuildError::too_long);
  }
  return token.length();
}

void add_identity(TextWriter& json, const ClaimedIdentity& identity) {
  json.add(identity.is_uri ? "\"uri\":" : "\"tn\":");
}

void add_string(TextWriter& json, std::string_view text) {
  json.add('"');
  json.add(text);
  json.add('"');
}

// Behind iat, in front of orig.
void add_media_keys(TextWriter& json, const MediaKeyClaim* media_keys) {
  if (media_keys != nullptr && !media_keys->empty()) {
    json.add(R"(,"mky":)");
    media_keys->write(json);
  }
}

bool acceptable(const ClaimedIdentity& identity) {
  return identity.is_uri ? is_plain_uri(identity.text) : is_canonical_number(identity.text);
}

}  // namespace

std::expected<std::size_t, BuildError> build_shaken_signing_input(const ShakenClaims& claims, std::string_view x5u,
                                                                  std::span<char> out) {
  if (!is_attestation(claims.attest) || !is_canonical_number(claims.dest_tn) || !is_canonical_number(claims.orig_tn) ||
      !is_uuid(claims.origid) || !is_plain_uri(x5u)) {
    return std::unexpected(BuildError::bad_claim);
  }
  std::array<char, kMaxBuiltJsonBytes> header_text;
  TextWriter header(header_text);
  header.add(R"({"alg":"ES256","ppt":"shaken","typ":"passport","x5u":)");
  add_string(header, x5u);
  header.add('}');

  std::array<char, kMaxBuiltJsonBytes> payload_text;
  TextWriter payload(payload_text);
  payload.add(R"({"attest":")");
  payload.add(claims.attest);
  payload.add(R"(","dest":{"tn":[)");
  add_string(payload, claims.dest_tn);
  payload.add(R"(]},"iat":)");
  payload.add(claims.iat);
  add_media_keys(payload, claims.media_keys);
  payload.add(R"(,"orig":{"tn":)");
  add_string(payload, claims.orig_tn);
  payload.add(R"(},"origid":)");
  add_string(payload, claims.origid);
  payload.add('}');
  return encode(header, payload, out);
}

std::expected<std::size_t, BuildError> build_baseline_signing_input(const BaselineClaims& claims, std::string_view x5u,
                                                                    std::span<char> out) {
  if (!acceptable(claims.dest) || !acceptable(claims.orig) || !is_plain_uri(x5u)) {
    return std::unexpected(BuildError::bad_claim);
  }
  std::array<char, kMaxBuiltJsonBytes> header_text;
  TextWriter header(header_text);
  header.add(R"({"alg":"ES256","typ":"passport","x5u":)");
  add_string(header, x5u);
  header.add('}');

  std::array<char, kMaxBuiltJsonBytes> payload_text;
  TextWriter payload(payload_text);
  payload.add(R"({"dest":{)");
  add_identity(payload, claims.dest);
  payload.add('[');
  add_string(payload, claims.dest.text);
  payload.add(R"(]},"iat":)");
  payload.add(claims.iat);
  add_media_keys(payload, claims.media_keys);
  payload.add(R"(,"orig":{)");
  add_identity(payload, claims.orig);
  add_string(payload, claims.orig.text);
  payload.add("}}");
  return encode(header, payload, out);
}

std::expected<std::size_t, BuildError> build_identity_line(std::string_view signing_input,
                                                           std::span<const std::uint8_t, kSignatureBytes> signature,
                                                           std::string_view x5u, std::string_view ppt,
                                                           std::span<char> out) {
  if (!is_plain_uri(x5u)) {
    return std::unexpected(BuildError::bad_claim);
  }
  TextWriter line(out);
  line.add("Identity: ");
  line.add(signing_input);
  line.add('.');
  const std::size_t length = base64url_encode(signature, line.rest());
  if (length == 0) {
    return std::unexpected(BuildError::too_long);
  }
  line.grow(length);
  line.add(";info=<");
  line.add(x5u);
  line.add(">;alg=ES256");
  if (!ppt.empty()) {
    line.add(";ppt=\"");
    line.add(ppt);
    line.add('"');
  }
  line.add("\r\n");
  if (line.overflow()) {
    return std::unexpected(BuildError::too_long);
  }
  return line.length();
}

}  // namespace stirline::crypto
