#include "crypto_workers/passport/builder.hpp"

#include <algorithm>
#include <array>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/integrity_digest.hpp"
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

void add_string(TextWriter& json, std::string_view text) {
  json.add('"');
  json.add(text);
  json.add('"');
}

// {"tn":"12155550121"}, or the identity in an array as `dest` has it.
void add_identity(TextWriter& json, const ClaimedIdentity& identity, bool array) {
  json.add(identity.is_uri ? "{\"uri\":" : "{\"tn\":");
  json.add(array ? "[" : "");
  add_string(json, identity.text);
  json.add(array ? "]}" : "}");
}

bool acceptable(const ClaimedIdentity& identity) {
  return identity.is_uri ? is_plain_uri(identity.text) : is_canonical_number(identity.text);
}

enum class Given : std::uint8_t { no, good, bad };
constexpr Given given(bool there, bool good) {
  return !there ? Given::no : good ? Given::good : Given::bad;
}

// How a claim gets from a TokenContent into a payload.
struct ClaimWriter {
  Claim claim;
  Given (*given)(const TokenContent& content);
  void (*write)(const TokenContent& content, TextWriter& json);
};

// In the order of RFC 8225 9. What is not here is never made.
constexpr auto kWriters = std::to_array<ClaimWriter>({
    {Claim::attest,
     [](const TokenContent& content) { return given(content.attest != 0, is_attestation(content.attest)); },
     [](const TokenContent& content, TextWriter& json) { add_string(json, {&content.attest, 1}); }},
    {Claim::crn, [](const TokenContent& content) { return given(!content.crn.empty(), true); },
     [](const TokenContent& content, TextWriter& json) { json.add(content.crn); }},
    {Claim::dest, [](const TokenContent& content) { return given(true, acceptable(content.dest)); },
     [](const TokenContent& content, TextWriter& json) { add_identity(json, content.dest, true); }},
    {Claim::div, [](const TokenContent& content) { return given(!content.div.text.empty(), acceptable(content.div)); },
     [](const TokenContent& content, TextWriter& json) { add_identity(json, content.div, false); }},
    {Claim::iat, [](const TokenContent& /*content*/) { return Given::good; },
     [](const TokenContent& content, TextWriter& json) { json.add(content.iat); }},
    {Claim::mky,
     [](const TokenContent& content) {
       return given(content.media_keys != nullptr && !content.media_keys->empty(), true);
     },
     [](const TokenContent& content, TextWriter& json) { content.media_keys->write(json); }},
    {Claim::msgi,
     [](const TokenContent& content) {
       return given(!content.msgi.empty(), IntegrityDigest::well_formed(content.msgi));
     },
     [](const TokenContent& content, TextWriter& json) { add_string(json, content.msgi); }},
    {Claim::orig, [](const TokenContent& content) { return given(true, acceptable(content.orig)); },
     [](const TokenContent& content, TextWriter& json) { add_identity(json, content.orig, false); }},
    {Claim::origid, [](const TokenContent& content) { return given(!content.origid.empty(), is_uuid(content.origid)); },
     [](const TokenContent& content, TextWriter& json) { add_string(json, content.origid); }},
    {Claim::rcd, [](const TokenContent& content) { return given(!content.rcd.empty(), true); },
     [](const TokenContent& content, TextWriter& json) { json.add(content.rcd); }},
    {Claim::rcdi, [](const TokenContent& content) { return given(!content.rcdi.empty(), true); },
     [](const TokenContent& content, TextWriter& json) { json.add(content.rcdi); }},
    {Claim::rph,
     [](const TokenContent& content) {
       return given(!content.priorities.empty(), std::ranges::all_of(content.priorities, is_priority));
     },
     [](const TokenContent& content, TextWriter& json) {
       json.add("{\"auth\":");
       char before = '[';
       for (const std::string_view priority : content.priorities) {
         json.add(before);
         add_string(json, priority);
         before = ',';
       }
       json.add("]}");
     }},
});
static_assert(std::ranges::is_sorted(kWriters, {}, &ClaimWriter::claim));

}  // namespace

std::expected<std::size_t, BuildError> build_signing_input(TokenType type, const TokenContent& content,
                                                           std::string_view x5u, std::span<char> out) {
  const TokenTypeFacts& type_facts = facts(type);
  if (!is_plain_uri(x5u)) {
    return std::unexpected(BuildError::bad_claim);
  }
  std::array<char, kMaxBuiltJsonBytes> header_text;
  TextWriter header(header_text);
  header.add(R"({"alg":"ES256",)");
  if (!type_facts.ppt.empty()) {
    header.add("\"ppt\":");
    add_string(header, type_facts.ppt);
    header.add(',');
  }
  header.add(R"("typ":"passport","x5u":)");
  add_string(header, x5u);
  header.add('}');

  std::array<char, kMaxBuiltJsonBytes> payload_text;
  TextWriter payload(payload_text);
  const ClaimSet wanted = type_facts.required | type_facts.meaning;
  ClaimSet written;
  for (const ClaimWriter& writer : kWriters) {
    if (!wanted.has(writer.claim)) {
      continue;
    }
    switch (writer.given(content)) {
      case Given::no:
        continue;
      case Given::bad:
        return std::unexpected(BuildError::bad_claim);
      case Given::good:
        break;
    }
    payload.add(written.empty() ? '{' : ',');
    add_string(payload, to_string(writer.claim));
    payload.add(':');
    writer.write(content, payload);
    written.add(writer.claim);
  }
  payload.add('}');
  if (!written.has_all(type_facts.required) || !(type_facts.one_of.empty() || written.has_any(type_facts.one_of))) {
    return std::unexpected(BuildError::bad_claim);
  }
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
