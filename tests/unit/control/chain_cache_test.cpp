// Verdicts that need not be reached again, by counters (STIR-CE-13); and regimes side by side (STIR-CE-10, STIR-RP-02).
#include "control/chain_cache.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "control/trust_regimes.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::chain_cache_test {
namespace {

using crypto::Reason;
using stirline::test::issue;
using stirline::test::IssuedCertificate;

constexpr std::int64_t kNow = 1'790'000'000;

class Chains : public testing::Test {
 protected:
  crypto::ChainValidator validator() const {
    crypto::ChainValidator made;
    EXPECT_TRUE(made.add_anchors(root_.pem()));
    return made;
  }
  Reason ask(const crypto::ChainValidator& trust, std::int64_t at = kNow, std::uint16_t regime = 0) {
    return cache_.validate(trust, regime, chain_, at, scopes_).standing;
  }

  const IssuedCertificate root_ = issue(stirline::test::shaken_root_options(), nullptr);
  const IssuedCertificate ca_ = issue(stirline::test::shaken_intermediate_options(), &root_);
  const IssuedCertificate leaf_ = issue(
      [] {
        auto options = stirline::test::shaken_leaf_options();
        options.not_after = kNow + 1'000;
        return options;
      }(),
      &ca_);
  const std::string chain_ = leaf_.pem() + ca_.pem();
  ChainCache cache_;
  crypto::ReferencedScopes scopes_;
};

TEST_F(Chains, AreValidatedOnceAnEpoch) {
  const crypto::ChainValidator trust = validator();
  for (int minute = 0; minute < 10; ++minute) {
    EXPECT_EQ(ask(trust, kNow + minute * 60), Reason::verified);
  }
  EXPECT_EQ(cache_.validations(), 1U);
  EXPECT_EQ(cache_.hits(), 9U);
  // The same files read again, as a reload does: the same epochs.
  EXPECT_EQ(ask(validator()), Reason::verified);
  EXPECT_EQ(cache_.validations(), 1U);
}

// Time alone ends a verdict.
TEST_F(Chains, AreValidatedAgainWhenACertificateEnds) {
  const crypto::ChainValidator trust = validator();
  EXPECT_EQ(ask(trust), Reason::verified);
  EXPECT_EQ(ask(trust, kNow + 1'001), Reason::certificate_expired);
  EXPECT_EQ(ask(trust, kNow + 2'000), Reason::certificate_expired);
  EXPECT_EQ(cache_.validations(), 2U);
  EXPECT_EQ(cache_.hits(), 1U);
}

// STIR-CE-13: every epoch forces validation anew, and so does another regime.
TEST_F(Chains, AreValidatedAgainInANewEpoch) {
  EXPECT_EQ(ask(validator()), Reason::verified);
  crypto::ChainValidator more = validator();
  ASSERT_TRUE(more.add_anchors(issue(stirline::test::authority_options("SHAKEN other root"), nullptr).pem()));
  EXPECT_EQ(ask(more), Reason::verified);
  EXPECT_EQ(cache_.validations(), 2U);

  crypto::ChainValidator revoking = validator();
  auto authority = stirline::test::shaken_intermediate_options();
  authority.key_usage = "critical,keyCertSign,cRLSign";
  authority.key_of = &ca_;
  const IssuedCertificate signer = issue(authority, &root_);
  ASSERT_TRUE(
      revoking.add_crl(stirline::test::issue_list({.revoked = {{&leaf_}}}, signer), crypto::CrlTrust::as_given));
  EXPECT_NE(revoking.crl_epoch(), validator().crl_epoch());
  static_cast<void>(ask(revoking));
  EXPECT_EQ(cache_.validations(), 3U);

  EXPECT_EQ(ask(validator(), kNow, 1), Reason::verified);
  EXPECT_EQ(cache_.validations(), 4U);
  EXPECT_TRUE(scopes_.set("https://tn.example.org/list",
                          std::vector<std::uint8_t>{0x30, 0x08, 0xa0, 0x06, 0x16, 0x04, '5', '6', '7', '8'}));
  EXPECT_EQ(ask(validator()), Reason::verified);
  EXPECT_EQ(cache_.validations(), 5U);
  crypto::ChainValidator strict({.spc_delegates_numbers = false});
  ASSERT_TRUE(strict.add_anchors(root_.pem()));
  EXPECT_NE(strict.trust_epoch(), validator().trust_epoch());
  EXPECT_EQ(cache_.hits(), 0U);
}

// Bounded, and what is asked for stays.
TEST_F(Chains, AreForgottenOldestFirst) {
  ChainCache small(4);
  const crypto::ChainValidator trust = validator();
  const auto ask_for = [&](const std::string& chain) {
    static_cast<void>(small.validate(trust, 0, chain, kNow, scopes_));
  };
  ask_for(chain_);
  for (int i = 0; i < 100; ++i) {
    ask_for("chain " + std::to_string(i));
    ask_for(chain_);
    EXPECT_LE(small.size(), 8U);
  }
  EXPECT_EQ(small.validations(), 101U);
  EXPECT_EQ(small.hits(), 100U);
}

// Two regimes with an anchor each, and chains of both.
class Regimes : public testing::Test {
 protected:
  Regimes() {
    config::RegimeConfig first;
    first.anchors = {folder_.write("first.pem", first_root_.pem())};
    first.priorities = {{"5678", {"wps", "ets"}}, {"9999", {"dsn"}}};
    config::RegimeConfig second;
    second.name = "second";
    second.anchors = {folder_.write("second.pem", second_root_.pem())};
    second.rules.domains = true;
    std::vector<TrustRegimes::Problem> problems;
    EXPECT_TRUE(regimes_.add(first, problems));
    EXPECT_TRUE(regimes_.add(second, problems));
  }
  std::vector<ChainJudgement> judge(const std::string& pem) {
    return regimes_.judge("https://cert.example.org/a.pem", pem, kNow, {}, cache_);
  }

  test::ScratchFolder folder_;
  const IssuedCertificate first_root_ = issue(stirline::test::shaken_root_options(), nullptr);
  const IssuedCertificate second_root_ = issue(stirline::test::shaken_root_options(), nullptr);
  TrustRegimes regimes_;
  ChainCache cache_;
};

// STIR-CE-10
TEST_F(Regimes, JudgeEachByItsOwnAnchors) {
  const auto standings = [&](const IssuedCertificate& root) {
    const auto judgements = judge(issue(stirline::test::shaken_leaf_options(), &root).pem());
    EXPECT_EQ(judgements.size(), 2U);
    EXPECT_EQ(judgements.at(0).record.regime, 0U);
    EXPECT_EQ(judgements.at(1).record.regime, 1U);
    return std::vector{judgements.at(0).record.standing, judgements.at(1).record.standing};
  };
  EXPECT_EQ(standings(first_root_), (std::vector{Reason::verified, Reason::certificate_untrusted}));
  EXPECT_EQ(standings(second_root_), (std::vector{Reason::certificate_untrusted, Reason::verified}));
  EXPECT_EQ(regimes_.place(1), " in regime second");
}

// STIR-RP-02
TEST_F(Regimes, NamespacesAreThoseOfTheSpc) {
  const auto own = judge(issue(stirline::test::shaken_leaf_options(), &first_root_).pem());
  EXPECT_EQ(own.at(0).record.namespaces, (std::vector<std::string>{"ets", "wps"}));
  EXPECT_TRUE(own.at(1).record.namespaces.empty());
  auto other = stirline::test::shaken_leaf_options();
  other.tn_auth_list.back() = '9';
  EXPECT_TRUE(judge(issue(other, &first_root_).pem()).at(0).record.namespaces.empty());
}

TEST_F(Regimes, TheSubjectGoesWithTheChain) {  // SPIT-CL-02: lists ask for it
  auto options = stirline::test::shaken_leaf_options();
  EXPECT_EQ(judge(issue(options, &first_root_).pem()).at(0).record.subject,
            "CN=SHAKEN 5678,serialNumber=5678,O=Test SP,C=US");
  options.subject = {{"C", "US"},
                     {"O", std::string(64, 'o')},
                     {"OU", std::string(64, 'u')},
                     {"L", std::string(64, 'l')},
                     {"ST", std::string(64, 's')},
                     {"CN", "SHAKEN 5678"}};
  EXPECT_EQ(judge(issue(options, &first_root_).pem()).at(0).record.subject, "") << "longer than any list has it";
}

// STIR-ID-07: domains count only where the regime says so.
TEST_F(Regimes, DomainsAreThoseOfRegimesThatSaySo) {
  stirline::test::CertificateOptions options;
  options.extensions = {{"subjectAltName", "URI:sip:example.org"}};
  EXPECT_EQ(judge(issue(options, &first_root_).pem()).at(0).record.standing, Reason::certificate_profile);
  const auto alone = judge(issue(options, &second_root_).pem());
  EXPECT_EQ(alone.at(1).record.standing, Reason::verified);
  EXPECT_EQ(alone.at(1).record.domains, std::vector<std::string>{"example.org"});
  options = stirline::test::shaken_leaf_options();
  options.set("subjectAltName", "URI:sip:example.org");
  EXPECT_TRUE(judge(issue(options, &first_root_).pem()).at(0).record.domains.empty());
}

TEST_F(Regimes, OurOwnChainStandsInOneOfThem) {
  const IssuedCertificate stranger = issue(stirline::test::shaken_root_options(), nullptr);
  const auto own = [&](const IssuedCertificate& root) {
    return regimes_.judge_own(issue(stirline::test::shaken_leaf_options(), &root).pem(), kNow).standing;
  };
  EXPECT_EQ(own(first_root_), Reason::verified);
  EXPECT_EQ(own(second_root_), Reason::verified);
  EXPECT_EQ(own(stranger), Reason::certificate_untrusted);
}

TEST_F(Regimes, MissingFilesAreProblemsOfTheirRegime) {
  config::RegimeConfig third;
  third.name = "third";
  third.anchors = {"/nonexistent/root.pem"};
  std::vector<TrustRegimes::Problem> problems;
  EXPECT_FALSE(regimes_.add(third, problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].regime, 2U);
}

}  // namespace
}  // namespace stirline::control::chain_cache_test
