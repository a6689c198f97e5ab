// TNAuthList and claim constraints: decoding and meaning.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::certificate_rules_test {
namespace {

std::expected<TnAuthList, TnAuthListError> decode(std::string_view hex) {
  return decode_tn_auth_list(test::from_hex(hex));
}

// STIR-CE-01
TEST(TnAuthLists, VectorsDecode) {
  const auto vectors = test::own_json("json/tnauthlist_der.json");
  for (const auto& [name, hex] : vectors["positive"].items()) {
    EXPECT_TRUE(decode(hex.get<std::string>())) << name;
  }
  const std::map<std::string, TnAuthListError> kErrors = {{"neg_empty_sequence", TnAuthListError::empty_list},
                                                          {"neg_range_count_1", TnAuthListError::bad_range},
                                                          {"neg_range_len_overflow_10_91", TnAuthListError::bad_range},
                                                          {"neg_implicit_tag_spc", TnAuthListError::bad_der},
                                                          {"neg_tn_16_digits", TnAuthListError::bad_number},
                                                          {"neg_range_star", TnAuthListError::bad_range},
                                                          {"neg_utf8_string", TnAuthListError::bad_spc},
                                                          {"neg_trailing_garbage", TnAuthListError::bad_der}};
  for (const auto& [name, hex] : vectors["negative"].items()) {
    const auto result = decode(hex.get<std::string>());
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error(), kErrors.at(name)) << name;
  }
  EXPECT_EQ(vectors["negative"].size(), kErrors.size());
}

TEST(TnAuthLists, EveryTruncationIsRefused) {
  const auto octets =
      test::from_hex("302ca006160431323334a1133011160b3132313535353531303030020203e8a20d160b3132313535353532303030");
  ASSERT_TRUE(decode_tn_auth_list(octets));
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(decode_tn_auth_list(std::span(octets).first(length))) << length;
  }
}

TEST(TnAuthLists, NonMinimalAndIndefiniteLengthsAreRefused) {
  EXPECT_FALSE(decode("308108a006160431323334"));        // long form for a short length
  EXPECT_FALSE(decode("30820008a006160431323334"));      // leading zero
  EXPECT_FALSE(decode("3080a0061604313233340000"));      // indefinite
  EXPECT_FALSE(decode("3084ffffffffa006160431323334"));  // absurd
  EXPECT_FALSE(decode("3015a1133011160b313231353535353130303002040000000a"));
  EXPECT_FALSE(decode("3016a1143012160b313231353535353130303002030003e8"));  // count with a needless zero
  EXPECT_FALSE(decode("3014a1123010160b31323135353535313030300201ff"));      // negative count
}

// "..." in RangeSpec: fields behind count are passed over (STIR-CE-01)
TEST(TnAuthLists, LaterFieldsOfARangeAreTolerated) {
  const auto list = decode("3018a1163014160b3132313535353531303030020203e8020105");
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->covers("12155551999"));
}

TEST(TnAuthLists, NumberOfEntriesIsBounded) {
  const auto make = [](std::size_t count) {
    std::vector<std::uint8_t> body;
    for (std::size_t i = 0; i < count; ++i) {
      body.insert(body.end(), {0xa2, 0x03, 0x16, 0x01, '1'});
    }
    std::vector<std::uint8_t> list = {0x30, 0x82, static_cast<std::uint8_t>(body.size() >> 8U),
                                      static_cast<std::uint8_t>(body.size())};
    list.insert(list.end(), body.begin(), body.end());
    return list;
  };
  EXPECT_TRUE(decode_tn_auth_list(make(kMaxTnAuthListEntries)));
  EXPECT_EQ(decode_tn_auth_list(make(kMaxTnAuthListEntries + 1)).error(), TnAuthListError::too_long);
}

// STIR-VS-09, STIR-CE-02, STIR-CE-03
TEST(TnAuthLists, MeaningOfEntries) {
  const auto range = decode("3015a1133011160b3132313535353531303030020203e8").value();
  EXPECT_TRUE(range.covers("12155551000"));
  EXPECT_TRUE(range.covers("12155551500"));
  EXPECT_TRUE(range.covers("12155551999"));
  for (const std::string_view outside :
       {"12155550999", "12155552000", "2155551500", "112155551500", "", "1215555150#"}) {
    EXPECT_FALSE(range.covers(outside)) << outside;
  }
  const auto one = decode("300fa20d160b3132313535353531323132").value();
  EXPECT_TRUE(one.covers("12155551212"));
  EXPECT_FALSE(one.covers("12155551213"));
  const auto mixed =
      decode("302ca006160431323334a1133011160b3132313535353531303030020203e8a20d160b3132313535353532303030").value();
  EXPECT_EQ(mixed.entries().size(), 3U);
  EXPECT_TRUE(mixed.contains_number("12155552000"));
  EXPECT_TRUE(mixed.contains_number("12155551001"));
  EXPECT_FALSE(mixed.contains_number("12155552001"));
  EXPECT_TRUE(mixed.covers("4930123456"));  // by its SPC (STIR-SH-06)
  const TnAuthList star({{TnEntry::Kind::one, "*67", 1}});
  EXPECT_TRUE(star.covers("*67"));
}

// STIR-CE-08
TEST(TnAuthLists, ChildrenStayWithinTheirParent) {
  const TnAuthList parent({{TnEntry::Kind::range, "1000", 100},
                           {TnEntry::Kind::range, "1100", 50},
                           {TnEntry::Kind::one, "*67", 1},
                           {TnEntry::Kind::one, "1150", 1}});
  const auto within = [&](TnEntry entry) { return TnAuthList({std::move(entry)}).within(parent); };
  EXPECT_TRUE(within({TnEntry::Kind::range, "1000", 100}));
  EXPECT_TRUE(within({TnEntry::Kind::range, "1050", 101}));  // over three neighbours, to 1150
  EXPECT_FALSE(within({TnEntry::Kind::range, "1050", 102}));
  EXPECT_FALSE(within({TnEntry::Kind::range, "0999", 2}));
  EXPECT_TRUE(within({TnEntry::Kind::one, "*67", 1}));
  EXPECT_FALSE(within({TnEntry::Kind::one, "*68", 1}));
  EXPECT_FALSE(within({TnEntry::Kind::one, "01000", 1}));
  EXPECT_FALSE(within({TnEntry::Kind::spc, "1234", 1}));
  const TnAuthList provider({{TnEntry::Kind::spc, "1234", 1}});
  EXPECT_TRUE(TnAuthList({{TnEntry::Kind::spc, "1234", 1}, {TnEntry::Kind::one, "99", 1}}).within(provider));
  EXPECT_FALSE(TnAuthList({{TnEntry::Kind::spc, "5678", 1}}).within(provider));
}

// STIR-CE-05
TEST(ClaimConstraintLists, VectorDecodes) {
  const std::string der = test::own_text("der/ejwtclaimconstraints.der");
  const auto constraints = decode_claim_constraints(test::octets(der), ConstraintsKind::enhanced);
  ASSERT_TRUE(constraints);
  EXPECT_EQ(constraints->must_include, std::vector<std::string>{"attest"});
  EXPECT_EQ(constraints->must_exclude, std::vector<std::string>{"rph"});
  ASSERT_EQ(constraints->permitted.size(), 1U);
  EXPECT_EQ(constraints->permitted[0].claim, "attest");
  EXPECT_EQ(constraints->permitted[0].values, (std::vector<std::string>{"A", "B"}));
  EXPECT_FALSE(decode_claim_constraints(test::octets(der), ConstraintsKind::plain));
  for (std::size_t length = 0; length < der.size(); ++length) {
    EXPECT_FALSE(decode_claim_constraints(test::octets(der.substr(0, length)), ConstraintsKind::enhanced)) << length;
  }
}

// RFC 9118 3: excluding iat, orig or dest voids the extension.
TEST(ClaimConstraintLists, ExcludingABaseClaimVoidsAll) {
  const auto voided = decode_claim_constraints(test::from_hex("3009a20730051603696174"), ConstraintsKind::enhanced);
  ASSERT_TRUE(voided);
  EXPECT_TRUE(voided->empty());
  EXPECT_FALSE(decode_claim_constraints(test::from_hex("3000"), ConstraintsKind::enhanced));
}

class Constrained : public testing::Test {
 protected:
  Reason reason(const ClaimConstraints& constraints, const test::TokenText& text = {}) {
    Certificate certificate = signer_.certificate();
    certificate.constraints = constraints;
    signer_.keyring.add(std::string(test::kX5u), std::move(certificate));
    test::CallText call;
    call.extra = signer_.identity_line(signer_.token(text));
    return test::verify(signer_.engine(), signer_.keyring, call.request())->verify.reason;
  }

 private:
  test::Signer signer_;
};

TEST_F(Constrained, TokensKeepToTheirCertificate) {
  EXPECT_EQ(reason({{"attest", "origid"}, {{"attest", {"A", "B"}}}, {"rph"}}), Reason::verified);
  EXPECT_EQ(reason({{}, {{"attest", {"B", "C"}}}, {}}), Reason::claim_constraint);
  EXPECT_EQ(reason({{"rcd"}, {}, {}}), Reason::claim_constraint);
  EXPECT_EQ(reason({{}, {}, {"origid"}}), Reason::claim_constraint);
  EXPECT_EQ(reason({{}, {{"rph", {"x"}}}, {}}), Reason::verified);  // absent: nothing to permit
  // A claim that is no string is compared as its deterministic JSON.
  EXPECT_EQ(reason({{}, {{"orig", {R"({"tn":"12155550121"})"}}}, {}}), Reason::verified);
  EXPECT_EQ(reason({{}, {{"orig", {R"({"tn":"12155550122"})"}}}, {}}), Reason::claim_constraint);
  EXPECT_EQ(reason({{}, {{"x", {R"({"a":1,"b":2})"}}}, {}},
                   test::TokenText{}.with("{\"attest\"", "{\"x\":{ \"b\":2, \"a\":1},\"attest\"")),
            Reason::verified);
}

}  // namespace
}  // namespace stirline::crypto::certificate_rules_test
