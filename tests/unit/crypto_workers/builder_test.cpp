#include "crypto_workers/passport/builder.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/p256/openssl_engine.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::builder_test {
namespace {

nlohmann::json own_token(const std::string& id) {
  for (const auto& token : test::own_json("json/own_tokens.json")) {
    if (token["id"] == id) {
      return token;
    }
  }
  throw std::runtime_error("no token " + id);
}

// The value of the Identity header field made of `input`, signed with the key the vector names.
std::string identity_line(const nlohmann::json& vector, std::string_view input, std::string_view x5u,
                          std::string_view ppt) {
  const auto engine = make_openssl_engine(NonceSource::rfc6979);
  const PrivateKey key = test::own_key(vector["key"].get<std::string>() + ".pem");
  const auto signing_key = engine->make_signing_key(key.scalar()).value();
  std::array<std::uint8_t, kSignatureBytes> signature{};
  std::array<SignRequest, 1> batch{{{signing_key.get(), test::octets(input), signature.data(), false}}};
  engine->sign(batch);
  EXPECT_TRUE(batch[0].done);
  std::string line(2'048, '\0');
  line.resize(build_identity_line(input, signature, x5u, ppt, line).value_or(0));
  return line;
}

TokenContent good_claims() {
  TokenContent content;
  content.attest = 'A';
  content.dest = {false, "12155550131"};
  content.iat = 1'443'208'345;
  content.orig = {false, "12155550121"};
  content.origid = "123e4567-e89b-12d3-a456-426655440000";
  return content;
}

TokenContent parties(const ClaimedIdentity& dest, std::int64_t iat, const ClaimedIdentity& orig) {
  TokenContent content;
  content.dest = dest;
  content.iat = iat;
  content.orig = orig;
  return content;
}
constexpr std::string_view kGoodX5u = "https://cert.example.org/passport.cer";

// STIR-PT-01, STIR-PT-02, STIR-SH-01, STIR-AS-06, STIR-HDR-06: bit-exact, signature included
TEST(Builder, ShakenIsByteExact) {
  const auto vector = own_token("own-shaken");
  std::string input(1'024, '\0');
  input.resize(build_signing_input(TokenType::shaken, good_claims(), kGoodX5u, input).value());
  const std::string token = vector["token"];
  EXPECT_EQ(input, token.substr(0, token.rfind('.')));
  const std::string line = identity_line(vector, input, kGoodX5u, "shaken");
  EXPECT_EQ(line, "Identity: " + vector["identity_value"].get<std::string>() + "\r\n");
  EXPECT_EQ(line.size(), vector["identity_line_bytes"].get<std::size_t>());
}

TEST(Builder, BaselineIsByteExact) {
  const auto by_uri = own_token("own-base-tn-uri");
  std::string input(1'024, '\0');
  const TokenContent to_uri = parties({true, "sip:alice@example.com"}, 1'471'375'418, {false, "12155551212"});
  input.resize(build_signing_input(TokenType::baseline, to_uri, kGoodX5u, input).value());
  EXPECT_EQ(identity_line(by_uri, input, kGoodX5u, ""),
            "Identity: " + by_uri["identity_value"].get<std::string>() + "\r\n");

  const auto by_number = own_token("own-div-orig");
  input.assign(1'024, '\0');
  const TokenContent to_number = parties({false, "12155551213"}, 1'443'208'345, {false, "12155551212"});
  input.resize(build_signing_input(TokenType::baseline, to_number, "https://www.example.com/cert.cer", input).value());
  EXPECT_EQ(identity_line(by_number, input, "https://www.example.com/cert.cer", ""),
            "Identity: " + by_number["identity_value"].get<std::string>() + "\r\n");
}

// STIR-PT-01: the other types that we make
TEST(Builder, OtherTypesAreByteExact) {
  const auto check = [](const std::string& id, TokenType type, const TokenContent& content, std::string_view x5u) {
    const auto vector = own_token(id);
    std::string input(1'024, '\0');
    input.resize(build_signing_input(type, content, x5u, input).value());
    EXPECT_EQ(identity_line(vector, input, x5u, facts(type).ppt),
              "Identity: " + vector["identity_value"].get<std::string>() + "\r\n");
  };
  TokenContent content = parties({false, "12155551214"}, 1'443'208'345, {false, "12155551212"});
  content.div = {false, "12155551213"};
  check("own-div-1", TokenType::div, content, "https://www.example.com/cert.cer");

  const std::array<std::string_view, 2> priorities = {"ets.0", "wps.0"};
  content = parties({false, "12125550113"}, 1'443'208'345, {false, "12155550112"});
  content.priorities = priorities;
  check("own-rph-ets", TokenType::rph, content, kGoodX5u);

  content = parties({false, "12155551214"}, 1'443'208'345, {false, "12155551212"});
  content.msgi = "sha256-ue/P9bl3JA2dP1gHlIE963aIq2n6vvZ7JTG44Tqu3o0=";
  check("own-msg-msgi", TokenType::msg, content, kGoodX5u);

  content = parties({false, "12155551214"}, 1'443'208'345, {false, "12155551212"});
  check("own-rsp", TokenType::rsp, content, "https://www.example.com/cert.cer");
}

// What a type requires must be there, what it does not know is left out.
TEST(Builder, TypesDecideWhatIsWritten) {
  std::string input(1'024, '\0');
  EXPECT_EQ(build_signing_input(TokenType::div, good_claims(), kGoodX5u, input).error(), BuildError::bad_claim);
  EXPECT_EQ(build_signing_input(TokenType::rph, good_claims(), kGoodX5u, input).error(), BuildError::bad_claim);
  EXPECT_EQ(build_signing_input(TokenType::rcd, good_claims(), kGoodX5u, input).error(), BuildError::bad_claim);
  std::string bare(1'024, '\0');
  const TokenContent plain = parties(good_claims().dest, good_claims().iat, good_claims().orig);
  bare.resize(build_signing_input(TokenType::baseline, plain, kGoodX5u, bare).value());
  input.resize(build_signing_input(TokenType::baseline, good_claims(), kGoodX5u, input).value());
  EXPECT_EQ(input, bare);
  TokenContent wrong = plain;
  wrong.msgi = "sha256-x";
  EXPECT_EQ(build_signing_input(TokenType::msg, wrong, kGoodX5u, input).error(), BuildError::bad_claim);
  const std::array<std::string_view, 1> no_priority = {"ets\"0"};
  wrong.priorities = no_priority;
  EXPECT_EQ(build_signing_input(TokenType::rph, wrong, kGoodX5u, input).error(), BuildError::bad_claim);
}

TEST(Builder, RefusesClaimsItMayNotMake) {
  std::array<char, 1'024> out{};
  const auto refused = [&](const TokenContent& claims, std::string_view x5u = kGoodX5u) {
    const auto result = build_signing_input(TokenType::shaken, claims, x5u, out);
    return !result && result.error() == BuildError::bad_claim;
  };
  EXPECT_FALSE(refused(good_claims()));
  for (const char attest : {'a', 'D', '\0', ' '}) {
    TokenContent claims = good_claims();
    claims.attest = attest;
    EXPECT_TRUE(refused(claims)) << attest;
  }
  for (const std::string_view number : {"", "+12155550131", "1215 555", "12155550131\"", "abc"}) {
    TokenContent claims = good_claims();
    claims.dest = {false, number};
    EXPECT_TRUE(refused(claims)) << number;
    claims = good_claims();
    claims.orig = {false, number};
    EXPECT_TRUE(refused(claims)) << number;
  }
  for (const std::string_view origid :
       {"", "123e4567-e89b-12d3-a456-42665544000", "123e4567ae89b-12d3-a456-426655440000",
        "123e4567-e89b-12d3-a456-42665544000g"}) {
    TokenContent claims = good_claims();
    claims.origid = origid;
    EXPECT_TRUE(refused(claims)) << origid;
  }
  for (const std::string_view x5u :
       {"", "https://a/\"", "https://a/>", "https://a/ b", "https://a/\\", "https://a/\xc3\xa4"}) {
    EXPECT_TRUE(refused(good_claims(), x5u)) << x5u;
  }
}

TEST(Builder, SaysWhenTheRoomIsTooSmall) {
  const std::string long_x5u = "https://cert.example.org/" + std::string(2'000, 'a');
  std::array<char, 8'192> out{};
  EXPECT_EQ(build_signing_input(TokenType::shaken, good_claims(), long_x5u, out).error(), BuildError::too_long);
  std::string input(1'024, '\0');
  const std::size_t needed = build_signing_input(TokenType::shaken, good_claims(), kGoodX5u, input).value();
  for (std::size_t room = 0; room < needed; ++room) {
    EXPECT_FALSE(build_signing_input(TokenType::shaken, good_claims(), kGoodX5u, std::span(input).first(room))) << room;
  }
  const std::array<std::uint8_t, kSignatureBytes> signature{};
  std::string line(1'024, '\0');
  const std::size_t whole = build_identity_line("a.b", signature, kGoodX5u, "shaken", line).value();
  for (std::size_t room = 0; room < whole; ++room) {
    EXPECT_FALSE(build_identity_line("a.b", signature, kGoodX5u, "shaken", std::span(line).first(room))) << room;
  }
}

}  // namespace
}  // namespace stirline::crypto::builder_test
