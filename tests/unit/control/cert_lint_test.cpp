// `stirline cert lint`, as scripts call it: the built binary, its exit status and its fixed form.
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::cert_lint_test {
namespace {

using nlohmann::json;
using test::Finished;

Finished lint(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {test::program("STIRLINE_COMMAND"), "cert", "lint"});
  return test::run(std::move(arguments));
}

class CertLint : public testing::Test {
 protected:
  std::string chain_with(const stirline::test::CertificateOptions& leaf) {
    const auto issuer = stirline::test::issue(stirline::test::shaken_intermediate_options(), &root_);
    return folder_.write("chain.pem", stirline::test::issue(leaf, &issuer).pem() + issuer.pem() + root_.pem()).string();
  }

  test::ScratchFolder folder_;
  const stirline::test::IssuedCertificate root_ = stirline::test::issue(stirline::test::shaken_root_options(), nullptr);
};

// STIR-CE-07
TEST_F(CertLint, ACleanChainHasALineForEachCertificate) {
  const std::string file = chain_with(stirline::test::shaken_leaf_options());
  const Finished finished = lint({"--json", file});
  EXPECT_EQ(finished.status, 0) << finished.err;
  std::istringstream lines(finished.out);
  std::vector<json> documents;
  for (std::string line; std::getline(lines, line);) {
    documents.push_back(json::parse(line));
    EXPECT_TRUE(documents.back().at("findings").empty()) << line;
    EXPECT_EQ(documents.back().at("file"), file);
    EXPECT_EQ(documents.back().at("certificate"), documents.size());
  }
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[0].at("role"), "leaf");
  EXPECT_EQ(documents[0].at("subject"), "CN=SHAKEN 5678,serialNumber=5678,O=Test SP,C=US");
  EXPECT_EQ(documents[0].at("serial"), "5A17C0FFEE0123456789ABCDEF");
  EXPECT_EQ(documents[0].at("not_after"), 2'398'377'600);
  EXPECT_EQ(documents[1].at("role"), "intermediate");
  EXPECT_EQ(documents[2].at("role"), "root");
  EXPECT_NE(lint({file}).out.find("certificate 1: leaf, CN=SHAKEN 5678"), std::string::npos);
}

// STIR-CE-07: soft findings are told and end with 0, hard ones with 1.
TEST_F(CertLint, TheExitStatusFollowsTheHardFindings) {
  auto options = stirline::test::shaken_leaf_options();
  options.common_name = "SHAKEN 9999";
  const Finished soft = lint({chain_with(options)});
  EXPECT_EQ(soft.status, 0) << soft.out;
  EXPECT_NE(soft.out.find("  soft common_name_form: "), std::string::npos) << soft.out;
  options.tn_auth_list.clear();
  const Finished hard = lint({"--json", chain_with(options)});
  EXPECT_EQ(hard.status, 1) << hard.out;
  const json finding = json::parse(hard.out.substr(0, hard.out.find('\n'))).at("findings").at(0);
  EXPECT_EQ(finding.at("rule"), "tn_auth_list");
  EXPECT_EQ(finding.at("severity"), "hard");
}

TEST_F(CertLint, TheRoleMayBeGiven) {
  const std::string root = folder_.write("root.pem", root_.pem()).string();
  EXPECT_EQ(lint({root}).status, 0);
  const Finished as_leaf = lint({"--as", "leaf", root});
  EXPECT_EQ(as_leaf.status, 1);
  EXPECT_NE(as_leaf.out.find("hard ca_flag"), std::string::npos) << as_leaf.out;
}

TEST_F(CertLint, WhatIsNoCertificateIsSixtyFour) {
  EXPECT_EQ(lint({}).status, 64);
  EXPECT_EQ(lint({"/nonexistent"}).status, 64);
  EXPECT_EQ(lint({folder_.write("noise.pem", "hello").string()}).status, 64);
  EXPECT_EQ(lint({"--as", "stranger", test::pem("test_root.pem").string()}).status, 64);
}

}  // namespace
}  // namespace stirline::control::cert_lint_test
