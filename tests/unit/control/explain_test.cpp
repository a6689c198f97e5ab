// stirline explain: what rules make of a message, and why (SPIT-FW-01, SPIT-FW-04, SPIT-CP-07, SPIT-PL-06).
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::explain_test {
namespace {

using nlohmann::json;
using test::Finished;
using test::pem;

constexpr std::int64_t kNow = 1'790'000'000;
constexpr const char* kX5u = "https://cert.example.org/passport.pem";

const std::string kInvite =
    "INVITE sip:+12125551213@example.net;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:+12155551212@example.org;user=phone>;tag=1\r\n"
    "To: <sip:+12125551213@example.net;user=phone>\r\nCall-ID: 1234@192.0.2.1\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:192.0.2.1>\r\nContent-Length: 0\r\n\r\n";

std::string ruleset(const std::string& rules) {
  return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\" "
         "xmlns:hc=\"urn:ietf:params:xml:ns:hashcash\">" +
         rules + "</ruleset>";
}

const std::string kFriend =
    "<rule id=\"friend\"><conditions><identity><one id=\"tel:+1-215-555-1212\"/></identity></conditions><actions>"
    "<sp:handling>allow</sp:handling></actions></rule>";
const std::string kStrangers =
    "<rule id=\"strangers\"><conditions><sp:authentication>none</sp:authentication></conditions><actions><sp:execute>"
    "<hc:hashcash work=\"15\"/></sp:execute></actions></rule>";

class Explain : public ::testing::Test {
 protected:
  static Finished stirline(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), test::program("STIRLINE_COMMAND"));
    return test::run(std::move(arguments));
  }

  Finished explain(const std::string& message, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"explain", "--json", "--at", std::to_string(kNow)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(folder_.write("call.sip", message).string());
    return stirline(std::move(arguments));
  }

  [[nodiscard]] std::string rules(const std::string& text) {
    return folder_.write("rules.xml", ruleset(text)).string();
  }

  std::string signed_invite() {
    const Finished signed_call =
        stirline({"sign", "--key", pem("test_leaf_spc1234.key").string(), "--x5u", kX5u, "--attest", "A", "--at",
                  std::to_string(kNow), folder_.write("plain.sip", kInvite).string()});
    EXPECT_EQ(signed_call.status, 0) << signed_call.err;
    return signed_call.out;
  }

  test::ScratchFolder folder_;
};

TEST_F(Explain, AFriendIsOneOnlyIfHeIsAuthenticated) {  // SPIT-FW-02
  const std::string trust = pem("test_root.pem").string();
  const std::string chain = std::string(kX5u) + "=" + pem("test_leaf_spc1234_chain.pem").string();
  const Finished known =
      explain(signed_invite(), {"--rules", rules(kFriend + kStrangers), "--trust", trust, "--cert", chain});
  ASSERT_EQ(known.status, 0) << known.err;
  const json allowed = json::parse(known.out);
  EXPECT_EQ(allowed["handling"], "allow");
  EXPECT_EQ(allowed["layer"], "user");
  EXPECT_EQ(allowed["rule"], "friend");
  EXPECT_EQ(allowed["caller"], "12155551212");
  EXPECT_EQ(allowed["facts"]["authentication"], "verified-A");

  const Finished unknown = explain(kInvite, {"--rules", rules(kFriend + kStrangers)});
  EXPECT_EQ(unknown.status, 1) << unknown.err;
  const json challenged = json::parse(unknown.out);
  EXPECT_EQ(challenged["handling"], "challenge");
  EXPECT_EQ(challenged["component"], "hashcash");
  EXPECT_EQ(challenged["work"], 15);
  EXPECT_EQ(challenged["caller"], "");
  EXPECT_EQ(challenged["rules"], json::parse(R"([
      {"layer": "user", "rule": "friend", "handling": "allow", "matches": false},
      {"layer": "user", "rule": "strangers", "handling": "challenge", "matches": true}])"));
}

TEST_F(Explain, ATrustedPeersScore) {  // SPIT-MK-01
  std::string invite = kInvite;
  invite.insert(invite.find("Max-Forwards"), "Spam-Score: 80;by=them\r\n");
  const std::string file = rules(kFriend + kStrangers);
  EXPECT_EQ(json::parse(explain(invite, {"--rules", file, "--trusted"}).out)["score"], 80);
  EXPECT_EQ(json::parse(explain(invite, {"--rules", file, "--trusted", "--score", "90"}).out)["score"], 90);
  EXPECT_EQ(json::parse(explain(invite, {"--rules", file}).out)["score"], 0);
}

TEST_F(Explain, WhatElseTheRuleDoes) {  // SPIT-PL-03
  const auto does = [&](const std::string& actions, const std::string& transformations = {}) {
    const Finished finished =
        explain(kInvite, {"--rules", rules("<rule id=\"r\"><actions>" + actions + "</actions><transformations>" +
                                           transformations + "</transformations></rule>")});
    EXPECT_NE(finished.status, 64) << finished.err;
    return json::parse(finished.out)["does"];
  };
  EXPECT_EQ(does("<sp:handling>allow</sp:handling>"), json::object());
  EXPECT_EQ(does("<sp:response code=\"607\" phrase=\"Please write\"/>", "<sp:strip-header name=\"Subject\"/>"),
            json::parse(R"({"phrase": ["Please write"]})"));
  EXPECT_EQ(does("<sp:handling>allow</sp:handling><sp:limit cps=\"5\"/>",
                 "<sp:strip-header name=\"s\"/><sp:strip-header name=\"Call-Info\"/><sp:set-display prefix=\"[?] \"/>"
                 "<sp:remove-body-part type=\"image/*\"/>"),
            json::parse(R"({"limit": 5, "strip-header": ["subject", "call-info"], "set-display": ["[?] "],
                            "remove-body-part": ["image/*"]})"));
}

TEST_F(Explain, LayersGroupsAndWhereNobodySaysAnything) {  // SPIT-PL-06, SPIT-FW-08
  const std::string block = folder_
                                .write("block.xml", ruleset("<rule id=\"b\"><actions><sp:handling>block</sp:handling>"
                                                            "</actions></rule>"))
                                .string();
  const auto said = [&](const std::vector<std::string>& more) {
    const Finished finished = explain(kInvite, more);
    EXPECT_NE(finished.status, 64) << finished.err;
    const json document = json::parse(finished.out);
    return document["handling"].get<std::string>() + " by " + document["layer"].get<std::string>();
  };
  EXPECT_EQ(said({}), "none by none");
  EXPECT_EQ(said({"--soft", block}), "block by operator-soft");
  EXPECT_EQ(said({"--soft", block, "--rules", rules(kStrangers)}), "challenge by user");
  EXPECT_EQ(said({"--legal", block, "--rules", rules(kStrangers)}), "block by legal");
  EXPECT_EQ(said({"--rules", block, "--group", "open"}), "allow-marked by user");
  EXPECT_EQ(said({"--rules", rules(kStrangers), "--puzzle", "success"}), "challenge by user");
}

// Lists count for whoever is shown to call, and suspect whoever only says so (SPIT-CL-02, SPIT-FW-02).
TEST_F(Explain, WhoMayWatch) {  // SPIT-CL-16
  std::string watch = kInvite;
  for (std::size_t at = watch.find("INVITE"); at != std::string::npos; at = watch.find("INVITE", at)) {
    watch.replace(at, 6, "SUBSCRIBE");
  }
  watch.replace(watch.find("Contact:"), 0, "Event: presence\r\n");
  const std::string watchers =
      folder_
          .write("watchers.xml",
                 "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" "
                 "xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"><rule id=\"all\"><actions><pr:sub-handling>confirm"
                 "</pr:sub-handling></actions></rule></ruleset>")
          .string();
  const json asked = json::parse(explain(watch, {"--presence", watchers}).out);
  EXPECT_EQ(asked["handling"], "challenge");
  EXPECT_EQ(asked["component"], "consent");
  EXPECT_EQ(asked["rule"], "pres-rules/all");
  EXPECT_EQ(asked["facts"]["watch"], "true");
  EXPECT_EQ(json::parse(explain(kInvite, {"--presence", watchers}).out)["handling"], "none");
  EXPECT_EQ(json::parse(explain(kInvite, {"--presence", watchers, "--rules", rules(kStrangers)}).out)["handling"],
            "challenge");
  EXPECT_NE(explain(watch, {"--presence", rules("<rule/>")}).err.find("a rule needs an id"), std::string::npos);
}

TEST_F(Explain, WhatListsSay) {
  const std::string store = (folder_ / "lists.db").string();
  const Finished imported = stirline({"policy", "import", "--store", store,
                                      folder_
                                          .write("court.csv",
                                                 "list,kind,subject,until,origin,note\n"
                                                 "black,number,+12155551212,,,\n"
                                                 "do-not-call,number,+12155551213,,register,\n"
                                                 "black,trunk,wholesale,,,\n")
                                          .string()});
  ASSERT_EQ(imported.status, 0) << imported.err;
  const std::string asks = rules(
      "<rule id=\"b\"><conditions><sp:list>black</sp:list></conditions><actions><sp:handling>block</sp:handling>"
      "</actions></rule>");
  const auto said = [&](const std::string& message, std::vector<std::string> more) {
    more.insert(more.end(), {"--hard", asks, "--lists", store, "--claim-score", "44"});
    const Finished finished = explain(message, more);
    EXPECT_NE(finished.status, 64) << finished.err;
    return json::parse(finished.out);
  };
  const json known = said(signed_invite(), {"--trust", pem("test_root.pem").string(), "--cert",
                                            std::string(kX5u) + "=" + pem("test_leaf_spc1234_chain.pem").string()});
  EXPECT_EQ(known["handling"], "block");
  EXPECT_EQ(known["score"], 0);
  EXPECT_EQ(known["lists"][0], json::parse(R"({"list": "black", "of": "caller", "origin": "court.csv"})"));
  const json unknown = said(kInvite, {});
  EXPECT_EQ(unknown["handling"], "none");
  EXPECT_EQ(unknown["score"], 44);
  EXPECT_EQ(unknown["lists"][0], json::parse(R"({"list": "black", "of": "claim", "origin": "court.csv"})"));
  EXPECT_EQ(said(kInvite, {"--trunk", "wholesale"})["handling"], "block");
  const std::string subjects = (folder_ / "subjects.db").string();
  const std::string file = folder_
                               .write("ca.csv",
                                      "list,kind,subject,until,origin,note\n"
                                      "black,certificate,\"CN=SHAKEN 1234, O=Test SP, C=US\",,,\n")
                               .string();
  const Finished added = stirline({"policy", "import", "--store", subjects, file});
  ASSERT_EQ(added.status, 0) << added.err;
  const Finished by_subject =
      explain(signed_invite(), {"--trust", pem("test_root.pem").string(), "--cert",
                                std::string(kX5u) + "=" + pem("test_leaf_spc1234_chain.pem").string(), "--hard", asks,
                                "--lists", subjects});
  EXPECT_EQ(json::parse(by_subject.out)["handling"], "block") << by_subject.out << by_subject.err;
}

TEST_F(Explain, MistakesAreSixtyFour) {
  EXPECT_EQ(explain("no message", {}).status, 64);
  EXPECT_EQ(explain(kInvite, {"--rules", "/nonexistent.xml"}).status, 64);
  EXPECT_EQ(explain(kInvite, {"--user", "mailto:a@b.example"}).status, 64);
  EXPECT_EQ(explain(kInvite, {"--group", "secret"}).status, 64);
  const Finished wrong = explain(
      kInvite, {"--rules", rules("<rule id=\"r\"><actions><sp:handling>perhaps</sp:handling></actions></rule>")});
  EXPECT_EQ(wrong.status, 64);
  EXPECT_NE(wrong.err.find("rule r: handling: is block, polite-block, allow-marked or allow"), std::string::npos)
      << wrong.err;
}

}  // namespace
}  // namespace stirline::control::explain_test
