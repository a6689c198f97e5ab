// From configuration to tables: what is refused, all of it at once, and what the tables then hold.
#include "control/state_compiler.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "control/read_file.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::state_compiler_test {
namespace {

namespace tables = config::tables;
using crypto::Reason;
using test::pem;

constexpr std::int64_t kNow = 1'790'000'000;       // 21 Sep 2026
constexpr std::int64_t kNotAfter = 2'398'377'600;  // 1 Jan 2046, the end of the test PKI
constexpr const char* kX5u = "https://cert.example.org/passport.pem";

config::ControlConfig sample() {
  config::ControlConfig config;
  config.file = "control.toml";
  tables::Trunk trunk;
  trunk.name = "carrier";
  trunk.pair = "wire";
  trunk.peers = {*config::parse_prefix("192.0.2.0/24")};
  trunk.ports = {5060};
  config.trunks.push_back(trunk);
  config.trust.anchors = {pem("test_root.pem")};
  config.credentials.push_back({"main", pem("test_leaf_spc1234.key"), pem("test_leaf_spc1234_chain.pem"), kX5u, 20});
  config.numbers.push_back({{}, "1215555", 0, 'A', "main", 30});
  return config;
}

Judged judge_now(const Gathered& gathered, std::int64_t now) {
  ChainCache cache;
  return judge(gathered, now, cache);
}

bool holds(const config::ConfigErrors& errors, std::uint32_t line, const std::string& key, const std::string& found) {
  return std::ranges::any_of(errors, [&](const config::ConfigError& error) {
    return error.line == line && error.key == key && error.found.contains(found);
  });
}

std::string all_of(const config::ConfigErrors& errors) {
  std::string text;
  for (const config::ConfigError& error : errors) {
    text += config::to_string(error) + "\n";
  }
  return text;
}

// STIR-RC-01, STIR-RC-02
TEST(StateCompiler, WhatCallersShowIsMadeReadyForTokens) {
  config::ControlConfig config = sample();
  config.credentials[0].rich_call_data = {"Springfield \"Clinic\" \u00e4", "Your appointment",
                                          "https://clinic.example/logo.png", pem("test_root.pem")};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  const auto credentials = tables::decode_credentials(gathered->credentials.view());
  ASSERT_TRUE(credentials) << credentials.error().text;
  const crypto::RichCallText& text = credentials->front().rich_call_data;
  EXPECT_EQ(text.crn, "\"Your appointment\"");
  EXPECT_EQ(text.rcd, "{\"icn\":\"https://clinic.example/logo.png\",\"nam\":\"Springfield \\\"Clinic\\\" \u00e4\"}");
  EXPECT_TRUE(text.rcdi.starts_with("{\"/icn\":\"sha256-")) << text.rcdi;
  config.credentials[0].rich_call_data.icon_file = "/nonexistent";
  const auto missing = gather(config, kNow);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().front().key, "credential[0].icon_file");
}

TEST(StateCompiler, TheTablesHoldWhatTheFilesSay) {
  const auto gathered = gather(sample(), kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  EXPECT_EQ(gathered->trunk_count, 1U);
  ASSERT_TRUE(tables::decode_trunks(gathered->trunks));

  const auto credentials = tables::decode_credentials(gathered->credentials.view());
  ASSERT_TRUE(credentials) << credentials.error().text;
  ASSERT_EQ(credentials->size(), 1U);
  EXPECT_EQ(credentials->front().name, "main");
  EXPECT_EQ(credentials->front().x5u, kX5u);
  EXPECT_EQ(credentials->front().not_after, kNotAfter);
  EXPECT_EQ(credentials->front().point.front(), 4);

  const auto numbers = tables::NumberTable::open(gathered->numbers);
  ASSERT_TRUE(numbers) << numbers.error().text;
  const tables::NumberRange* range = numbers->find(0, "12155551212");
  ASSERT_NE(range, nullptr);
  EXPECT_EQ(range->attest, 'A');
  EXPECT_EQ(range->credential, 0U);
  EXPECT_EQ(numbers->find(0, "13125551212"), nullptr);
}

TEST(StateCompiler, AKeyThatDoesNotMatchItsCertificateIsRefused) {
  config::ControlConfig config = sample();
  config.credentials[0].key = pem("test_delegate_range.key");
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  EXPECT_TRUE(holds(gathered.error(), 20, "credential[0].key", "another key")) << all_of(gathered.error());
}

TEST(StateCompiler, AnExpiredChainOfOurOwnIsRefused) {
  config::ControlConfig config = sample();
  config.credentials[0].chain = pem("test_leaf_expired_chain.pem");
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  EXPECT_TRUE(holds(gathered.error(), 20, "credential[0].chain", "certificate_expired")) << all_of(gathered.error());
}

TEST(StateCompiler, AChainOfAnotherCaIsRefused) {
  config::ControlConfig config = sample();
  config.trust.anchors = {pem("test_stipa.pem")};
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  EXPECT_TRUE(holds(gathered.error(), 20, "credential[0].chain", "certificate_untrusted")) << all_of(gathered.error());
}

// STIR-CE-09: a list that is still to be fetched is no mistake of the configuration.
TEST(StateCompiler, AHardRegimeMayHaveItsListStillToCome) {
  config::ControlConfig config = sample();
  config.trust.rules.revocation_required = true;
  const auto refused = gather(config, kNow);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(holds(refused.error(), 20, "credential[0].chain", "no current revocation list"))
      << all_of(refused.error());
  config.trust.crl_urls = {"https://sti-pa.example.net/crl"};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  EXPECT_NE(gathered->warnings.at(0).find("no current revocation list"), std::string::npos);
  ChainCache cache;
  const Judged judged = judge(*gathered, kNow, cache);
  EXPECT_TRUE(judged.lists.contains({ListKind::revocation, "https://sti-pa.example.net/crl"}));
}

TEST(StateCompiler, AKeyFileThatHoldsNoKeyIsRefusedWithoutShowingIt) {
  config::ControlConfig config = sample();
  config.credentials[0].key = pem("test_root.pem");
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  EXPECT_TRUE(holds(gathered.error(), 20, "credential[0].key", "test_root.pem: ")) << all_of(gathered.error());
  EXPECT_EQ(all_of(gathered.error()).find("-----"), std::string::npos);
}

TEST(StateCompiler, AllMistakesAreToldAtOnceInTheOrderOfTheirLines) {
  config::ControlConfig config = sample();
  config.credentials.push_back(
      {"second", pem("test_delegate_range.key"), pem("test_leaf_spc1234_chain.pem"), kX5u, 24});
  config.credentials.push_back({"third", "/nonexistent/third.key", pem("test_leaf_expired_chain.pem"), kX5u, 28});
  config.x5u_files.push_back({kX5u, "/nonexistent/chain.pem", 50});
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  const config::ConfigErrors& errors = gathered.error();
  EXPECT_EQ(errors.size(), 4U) << all_of(errors);
  EXPECT_TRUE(holds(errors, 24, "credential[1].key", "another key")) << all_of(errors);
  EXPECT_TRUE(holds(errors, 28, "credential[2].key", "No such file")) << all_of(errors);
  EXPECT_TRUE(holds(errors, 28, "credential[2].chain", "certificate_expired")) << all_of(errors);
  EXPECT_TRUE(holds(errors, 50, "x5u[0].file", "No such file")) << all_of(errors);
  EXPECT_TRUE(std::ranges::is_sorted(errors, {}, &config::ConfigError::line));
}

TEST(StateCompiler, MissingAnchorsAreToldOnceNotWithEveryChain) {
  config::ControlConfig config = sample();
  config.trust.anchors.emplace_back("/nonexistent/root.pem");
  config.trust.crls.emplace_back("/nonexistent/crl.pem");
  const auto gathered = gather(config, kNow);
  ASSERT_FALSE(gathered);
  EXPECT_EQ(gathered.error().size(), 2U) << all_of(gathered.error());
  EXPECT_TRUE(holds(gathered.error(), 0, "trust.anchors[1]", "No such file"));
  EXPECT_TRUE(holds(gathered.error(), 0, "trust.crls[0]", "No such file"));
}

TEST(StateCompiler, WithoutAnyAnchorOurOwnChainsAreTakenWithAWarning) {
  config::ControlConfig config = sample();
  config.trust.anchors.clear();
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  EXPECT_EQ(judge_now(*gathered, kNow).warnings.size(), 1U);
}

TEST(StateCompiler, ForeignChainsBecomeRecordsWithTheirStanding) {
  config::ControlConfig config = sample();
  config.trust.crls = {pem("test_indirect_crl.pem"), pem("test_stipa.pem")};
  config.x5u_files = {{"https://a.example.org/good.pem", pem("test_leaf_spc1234_chain.pem"), 1},
                      {"https://a.example.org/expired.pem", pem("test_leaf_expired_chain.pem"), 2},
                      {"https://a.example.org/range.pem", pem("test_delegate_range_chain.pem"), 3},
                      {"https://a.example.org/revoked.pem", pem("test_leaf_constrained_chain.pem"), 4},
                      {"https://a.example.org/foreign.pem", pem("test_stipa.pem"), 5},
                      {"https://a.example.org/noise.pem", pem("test_leaf_spc1234.key"), 6}};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  const Judged judged = judge_now(*gathered, kNow);
  const auto records = tables::decode_certificates(judged.image);
  ASSERT_TRUE(records) << records.error().text;
  ASSERT_EQ(records->size(), 6U);
  const auto record = [&](const std::string& name) {
    return *std::ranges::find(*records, "https://a.example.org/" + name, &tables::Certificate::x5u);
  };
  EXPECT_EQ(record("good.pem").standing, Reason::verified);
  ASSERT_EQ(record("good.pem").scope.size(), 1U);
  EXPECT_EQ(record("good.pem").scope[0].value, "1234");
  EXPECT_EQ(record("expired.pem").standing, Reason::certificate_expired);
  EXPECT_EQ(record("range.pem").standing, Reason::verified);
  EXPECT_EQ(record("range.pem").scope[0].count, 1'000U);
  EXPECT_EQ(record("revoked.pem").standing, Reason::certificate_revoked);
  EXPECT_EQ(record("foreign.pem").standing, Reason::certificate_untrusted);
  EXPECT_EQ(record("noise.pem").standing, Reason::certificate_malformed);
  EXPECT_EQ(judged.warnings.size(), 4U);
}

// STIR-CE-05: what a certificate may sign travels with it.
TEST(StateCompiler, ClaimConstraintsReachTheTable) {
  config::ControlConfig config = sample();
  config.x5u_files = {{kX5u, pem("test_leaf_constrained_chain.pem"), 1}};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  const auto records = tables::decode_certificates(judge_now(*gathered, kNow).image);
  ASSERT_TRUE(records) << records.error().text;
  EXPECT_EQ(records->front().standing, Reason::verified);
  EXPECT_FALSE(records->front().constraints.empty());
}

// STIR-CE-10: one record a regime and x5u; what another regime trusts is no warning, what nobody trusts is one each.
TEST(StateCompiler, RegimesHaveRecordsOfTheirOwn) {
  config::ControlConfig config = sample();
  config::RegimeConfig other;
  other.name = "other";
  other.anchors = {pem("test_stipa.pem")};
  other.line = 70;
  config.regimes.push_back(other);
  config.trunks[0].regime = 1;
  config.x5u_files = {{kX5u, pem("test_leaf_spc1234_chain.pem"), 1}};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  const Judged judged = judge_now(*gathered, kNow);
  const auto records = tables::decode_certificates(judged.image);
  ASSERT_TRUE(records) << records.error().text;
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].regime, 0U);
  EXPECT_EQ((*records)[0].standing, Reason::verified);
  EXPECT_EQ((*records)[1].regime, 1U);
  EXPECT_EQ((*records)[1].standing, Reason::certificate_untrusted);
  EXPECT_TRUE(judged.warnings.empty());
  EXPECT_EQ(tables::decode_trunks(gathered->trunks).value().at(0).regime, 1U);

  config.x5u_files[0].file = pem("test_leaf_expired_chain.pem");
  EXPECT_EQ(judge_now(*gather(config, kNow), kNow).warnings.size(), 2U);
  config.regimes[0].crls = {"/nonexistent/crl.pem"};
  const auto refused = gather(config, kNow);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(holds(refused.error(), 70, "regime[0].crls[0]", "No such file")) << all_of(refused.error());
}

TEST(StateCompiler, TimeAloneChangesTheStandingOfAChain) {
  config::ControlConfig config = sample();
  config.x5u_files = {{kX5u, pem("test_leaf_spc1234_chain.pem"), 1}};
  const auto gathered = gather(config, kNow);
  ASSERT_TRUE(gathered) << all_of(gathered.error());
  const Judged now = judge_now(*gathered, kNotAfter - 1);
  EXPECT_EQ(now.certificates[0].standing, Reason::verified);
  EXPECT_TRUE(now.warnings.empty());
  const Judged later = judge_now(*gathered, kNotAfter + 1);
  EXPECT_EQ(later.certificates[0].standing, Reason::certificate_expired);
  EXPECT_EQ(later.warnings.size(), 2U);  // the foreign chain and our own credential
}

// An intermediate that ends before its leaf ends the record: the data plane looks at nothing else.
TEST(StateCompiler, AChainIsValidWhileAllItsCertificatesAre) {
  const auto chain = read_file(pem("test_leaf_spc1234_chain.pem"), kMaxPemBytes);
  ASSERT_TRUE(chain);
  crypto::CertificateFacts leaf;
  leaf.not_before = kNow;
  leaf.not_after = kNotAfter + 1'000;
  const Validity validity = chain_validity(*chain, leaf);
  EXPECT_EQ(validity.not_before, kNow);
  EXPECT_EQ(validity.not_after, kNotAfter);
}

}  // namespace
}  // namespace stirline::control::state_compiler_test
