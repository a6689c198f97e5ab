// Every printed and own token of a type that is judged here gets the verdict its note documents.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "crypto_workers/certificate/private_key.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/passport/open.hpp"
#include "sip_parser/identity_header.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto {
namespace {

sip::TelephoneNumber number(std::string_view digits) {
  sip::TelephoneNumber result;
  std::ranges::copy(digits, result.digits.begin());
  result.length = static_cast<std::uint8_t>(digits.size());
  return result;
}

struct Opened {
  Reason reason = Reason::verified;
  OpenedToken token;
};

// Opens the token as somebody who expects what it claims. The result's views point into `value`.
Opened open(const std::string& value, const nlohmann::json& payload, Profile profile) {
  Opener opener(1);
  const sip::IdentityHeader identity = sip::parse_identity(value, {0, static_cast<std::uint16_t>(value.size())});
  Expectation expectation;
  expectation.profile = profile;
  const auto text_of = [&](const nlohmann::json& object, const char* key) {
    const auto& entry = object.is_object() && object.contains(key) ? object[key] : nlohmann::json();
    const auto& first = entry.is_array() ? entry.front() : entry;
    return first.is_string() ? first.get<std::string>() : std::string();
  };
  const std::string orig_tn = text_of(payload["orig"], "tn");
  const std::string dest_tn = text_of(payload["dest"], "tn");
  const std::string dest_uri = text_of(payload["dest"], "uri");
  const sip::TelephoneNumber orig = number(orig_tn.substr(orig_tn.starts_with('+') ? 1 : 0));
  const sip::TelephoneNumber dest = number(dest_tn.substr(dest_tn.starts_with('+') ? 1 : 0));
  expectation.orig = &orig;
  expectation.dest = dest.length > 0 ? &dest : nullptr;
  expectation.dest_uri = dest_uri;
  MediaKeyClaim media_keys;
  if (payload.contains("mky")) {
    simdjson::dom::parser parser;
    EXPECT_TRUE(media_keys.assign(parser.parse(payload["mky"].dump()).value()));
  }
  expectation.media_keys = &media_keys;
  const auto& iat = payload["iat"];
  expectation.now = iat.is_string() ? std::stoll(iat.get<std::string>()) : iat.get<std::int64_t>();
  Opened opened;
  opener.open(value, identity, expectation, 0, opened.token);
  opened.reason = opened.token.reason;
  return opened;
}

bool verifies(const OpenedToken& token, const std::array<std::uint8_t, kPointBytes>& point) {
  const auto engine = make_openssl_engine();
  const auto key = engine->make_verifying_key(point).value();
  std::array<VerifyRequest, 1> batch{{{key.get(), test::octets(token.signing_input), token.signature.data(), false}}};
  engine->verify(batch);
  return batch[0].valid;
}

std::array<std::uint8_t, kPointBytes> public_key(const std::string& name) {
  const std::string pem = test::own_text("pem/" + name);
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const EvpKey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  return point_of(key.get()).value();
}

bool judged_here(const nlohmann::json& header) {
  return !header.contains("ppt") || header["ppt"] == "shaken";
}

TEST(OwnTokens, AllOpenAndVerifyInBothProfiles) {
  std::size_t opened_tokens = 0;
  for (const auto& vector : test::own_json("json/own_tokens.json")) {
    const auto header = nlohmann::json::parse(vector["header_json"].get<std::string>());
    const auto payload = nlohmann::json::parse(vector["payload_json"].get<std::string>());
    const std::string value = vector["identity_value"];
    for (const Profile profile : {Profile::lenient, Profile::strict}) {
      const Opened opened = open(value, payload, profile);
      if (!judged_here(header)) {
        EXPECT_EQ(opened.reason, Reason::unsupported_ppt) << vector["id"];  // STIR-VS-01
        continue;
      }
      ++opened_tokens;
      EXPECT_EQ(opened.reason, Reason::verified) << vector["id"] << ": " << facts(opened.reason).text;
      EXPECT_TRUE(verifies(opened.token, test::own_key(vector["key"].get<std::string>() + ".pem").point()))
          << vector["id"];
      EXPECT_EQ(opened.token.iat, payload["iat"].get<std::int64_t>());
    }
  }
  EXPECT_EQ(opened_tokens, 8U);  // own-base-tn-uri, own-shaken, own-div-orig, own-mky
}

TEST(RfcPrintedTokens, GetTheVerdictsTheirNotesDocument) {
  const std::map<std::string, Reason> kExpected = {
      {"8225_A", Reason::verified},                      // but for its signature, see below
      {"8224_4.1.1/8225_7.1", Reason::claim_malformed},  // iat is a string
      {"8946_opt_s5", Reason::verified},
      {"8688_shaken_ident", Reason::ppt_mismatch},  // no ppt parameter; claims see below
      {"8688_jws", Reason::typ_unsupported},        // typ vcard+json: no PASSporT
      {"8816_ppt", Reason::claim_malformed},        // iat is a string
  };
  std::size_t judged = 0;
  for (const auto& vector : test::own_json("json/rfc_printed_tokens.json")) {
    const std::string id = vector["id"];
    const auto header = nlohmann::json::parse(vector["header"].get<std::string>());
    const std::string value = vector["token"].get<std::string>() + ";info=<" + header["x5u"].get<std::string>() + ">";
    if (!judged_here(header)) {
      EXPECT_FALSE(kExpected.contains(id));
      const std::string with_ppt = value + ";ppt=" + header["ppt"].get<std::string>();
      const nlohmann::json some = {{"iat", 1}, {"orig", {{"tn", "1"}}}, {"dest", {{"tn", {"1"}}}}};
      EXPECT_EQ(open(with_ppt, some, Profile::lenient).reason, Reason::unsupported_ppt) << id;
      continue;
    }
    ++judged;
    auto payload = nlohmann::json::parse(vector["payload"].get<std::string>());
    if (!payload.contains("orig")) {
      payload["orig"] = {{"tn", "1"}};
      payload["dest"] = {{"tn", {"1"}}};
    }
    for (const Profile profile : {Profile::lenient, Profile::strict}) {
      EXPECT_EQ(open(value, payload, profile).reason, kExpected.at(id)) << id;
    }
    if (id == "8688_shaken_ident") {
      EXPECT_EQ(open(value + ";ppt=shaken", payload, Profile::lenient).reason, Reason::claim_malformed);
    }
    const OpenedToken token = open(value, payload, Profile::lenient).token;
    for (const std::string key : {"rfc8225_A1_public_derived", "rfc8225_A2_public", "rfc8946_appA_public"}) {
      const auto documented_keys = vector["verifies_with"].get<std::vector<std::string>>();
      const bool documented = std::ranges::find(documented_keys, key) != documented_keys.end();
      EXPECT_EQ(verifies(token, public_key(key + ".pem")), documented) << id << " " << key;
    }
  }
  EXPECT_EQ(judged, kExpected.size());
}

}  // namespace
}  // namespace stirline::crypto
