// Every printed and own token gets the verdict its note documents.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <simdjson.h>

#include "crypto_workers/certificate/private_key.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/passport/open.hpp"
#include "sip_parser/identity_header.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::open_vectors_test {
namespace {

sip::TelephoneNumber number(std::string_view digits) {
  sip::TelephoneNumber result;
  std::ranges::copy(digits, result.digits.begin());
  result.length = static_cast<std::uint8_t>(digits.size());
  return result;
}

// A message that agrees with every claim of one token: the token's Identity value, then what rph is compared with.
class Agreeing {
 public:
  Agreeing(const std::string& value, const nlohmann::json& payload, const std::string& ppt) : octets_(value) {
    const auto text_of = [&](const nlohmann::json& object, const char* key) {
      const auto& entry = object.is_object() && object.contains(key) ? object[key] : nlohmann::json();
      const auto& first = entry.is_array() ? entry.front() : entry;
      return first.is_string() ? first.get<std::string>() : std::string();
    };
    const auto digits = [](std::string text) { return number(text.starts_with('+') ? text.substr(1) : text); };
    identity_ = {0, static_cast<std::uint16_t>(value.size())};
    orig_ = digits(text_of(payload["orig"], "tn"));
    dest_ = digits(text_of(payload["dest"], "tn"));
    dest_uri_ = text_of(payload["dest"], "uri");
    expectation.place = ppt == "msg" ? Place::message : ppt == "rsp" ? Place::response : Place::invite;
    expectation.orig = &orig_;
    expectation.dest = dest_.length > 0 ? &dest_ : nullptr;
    expectation.dest_uri = dest_uri_;
    expectation.diverted = ppt.starts_with("div");
    expectation.target = expectation.dest;
    if (payload.contains("mky")) {
      simdjson::dom::parser parser;
      EXPECT_TRUE(media_keys_.assign(parser.parse(payload["mky"].dump()).value()));
    }
    expectation.media_keys = &media_keys_;
    if (payload.contains("rph")) {
      for (const std::string priority : payload["rph"]["auth"]) {
        priorities_.push_back(
            {{static_cast<std::uint16_t>(octets_.size()), static_cast<std::uint16_t>(priority.size())}, {}, {}});
        octets_ += priority;
      }
    }
    expectation.priorities = priorities_;
    expectation.psap_callback = payload.contains("sph");
    expectation.body = test::octets(body_);
    const auto& iat = payload["iat"];
    expectation.now = iat.is_string() ? std::stoll(iat.get<std::string>()) : iat.get<std::int64_t>();
  }
  Agreeing(const Agreeing&) = delete;
  Agreeing& operator=(const Agreeing&) = delete;

  // The result's views point into this.
  OpenedToken open(Profile profile) {
    expectation.profile = profile;
    OpenedToken token;
    opener_.open(octets_, sip::parse_identity(octets_, identity_), expectation, 0, token);
    return token;
  }
  OpenedToken open_original() {
    OpenedToken original;
    opener_.open_original(octets_, expectation, 1, original);
    return original;
  }

  Expectation expectation;

 private:
  std::string octets_;
  sip::Span identity_;
  const std::string body_ = "Watson, come here.";  // rfc9475_msgi.json
  sip::TelephoneNumber orig_;
  sip::TelephoneNumber dest_;
  std::string dest_uri_;
  MediaKeyClaim media_keys_;
  std::vector<sip::ResourcePriority> priorities_;
  Opener opener_{2};
};

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

// STIR-PT-01, STIR-PT-02
TEST(OwnTokens, AllOpenAndVerifyInBothProfiles) {
  std::size_t opened_tokens = 0;
  for (const auto& vector : test::own_json("json/own_tokens.json")) {
    const auto header = nlohmann::json::parse(vector["header_json"].get<std::string>());
    const auto payload = nlohmann::json::parse(vector["payload_json"].get<std::string>());
    const std::string value = vector["identity_value"];
    const std::string ppt = header.value("ppt", "");
    for (const Profile profile : {Profile::lenient, Profile::strict}) {
      Agreeing message(value, payload, ppt);
      const OpenedToken token = message.open(profile);
      ++opened_tokens;
      EXPECT_EQ(facts(token.reason).name, "verified") << vector["id"];
      EXPECT_EQ(token.ppt.data(), ppt);
      EXPECT_TRUE(verifies(token, test::own_key(vector["key"].get<std::string>() + ".pem").point())) << vector["id"];
      EXPECT_EQ(token.iat, payload["iat"].get<std::int64_t>());
      if (ppt == "rcd") {
        EXPECT_EQ(token.rich_call_data, RichCallData::intact);
      }
      if (ppt == "div-o") {
        const OpenedToken original = message.open_original();
        EXPECT_EQ(facts(original.reason).name, "verified");
        EXPECT_EQ(original.type, TokenType::baseline);
        EXPECT_TRUE(verifies(original, test::own_key(vector["key"].get<std::string>() + ".pem").point()));
      }
    }
  }
  EXPECT_EQ(opened_tokens, 24U);
}

TEST(RfcPrintedTokens, GetTheVerdictsTheirNotesDocument) {
  const std::map<std::string, Reason> kExpected = {
      {"8225_A", Reason::verified},                      // but for its signature, see below
      {"8224_4.1.1/8225_7.1", Reason::claim_malformed},  // iat is a string
      {"8946_div_s3", Reason::verified},                 // the chain, which a slip of the pen breaks, is another matter
      {"8946_divo_s5", Reason::claim_malformed},         // dest.tn is no array
      {"8946_opt_s5", Reason::verified},
      {"8443_rph", Reason::payload_not_json},
      {"8688_shaken_ident", Reason::claim_malformed},
      {"8688_jws", Reason::typ_unsupported},  // typ vcard+json: no PASSporT
      {"8816_ppt", Reason::claim_malformed},  // iat is a string
  };
  std::size_t judged = 0;
  for (const auto& vector : test::own_json("json/rfc_printed_tokens.json")) {
    ++judged;
    const std::string id = vector["id"];
    const auto header = nlohmann::json::parse(vector["header"].get<std::string>());
    const std::string ppt = header.value("ppt", "");
    const std::string bare = vector["token"].get<std::string>() + ";info=<" + header["x5u"].get<std::string>() + ">";
    const std::string value = ppt.empty() ? bare : bare + ";ppt=" + ppt;
    auto payload = nlohmann::json::parse(vector["payload"].get<std::string>(), nullptr, false);
    if (payload.is_discarded() || !payload.contains("orig")) {
      payload = {{"iat", 1}, {"orig", {{"tn", "1"}}}, {"dest", {{"tn", {"1"}}}}};
    }
    Agreeing message(value, payload, ppt);
    EXPECT_EQ(message.open(Profile::strict).reason == Reason::verified, kExpected.at(id) == Reason::verified) << id;
    EXPECT_EQ(facts(message.open(Profile::lenient).reason).name, facts(kExpected.at(id)).name) << id;
    if (!ppt.empty()) {
      EXPECT_EQ(Agreeing(bare, payload, ppt).open(Profile::lenient).reason, Reason::ppt_mismatch) << id;
    }
    const OpenedToken token = message.open(Profile::lenient);
    for (const std::string key : {"rfc8225_A1_public_derived", "rfc8225_A2_public", "rfc8946_appA_public"}) {
      const auto documented_keys = vector["verifies_with"].get<std::vector<std::string>>();
      const bool documented = std::ranges::find(documented_keys, key) != documented_keys.end();
      EXPECT_EQ(verifies(token, public_key(key + ".pem")), documented) << id << " " << key;
    }
  }
  EXPECT_EQ(judged, kExpected.size());
}

}  // namespace
}  // namespace stirline::crypto::open_vectors_test
