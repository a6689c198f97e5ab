// The offline verbs, as scripts call them: the built binary, its exit status and its fixed forms.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::control::cli_test {
namespace {

using nlohmann::json;
using test::Finished;
using test::pem;

constexpr std::int64_t kNow = 1'790'000'000;  // 21 Sep 2026: inside the validity of the test PKI
constexpr const char* kX5u = "https://cert.example.org/passport.pem";
constexpr const char* kOrigid = "123e4567-e89b-12d3-a456-426655440000";

std::string invite(const std::string& caller, const std::string& called) {
  const std::string body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
  return "INVITE sip:+" + called + "@example.net;user=phone SIP/2.0\r\n" +
         "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc\r\n" + "Max-Forwards: 70\r\n" + "From: \"Alice\" <sip:+" +
         caller + "@example.org;user=phone>;tag=1\r\n" + "To: <sip:+" + called + "@example.net;user=phone>\r\n" +
         "Call-ID: 1234@192.0.2.1\r\n" + "CSeq: 1 INVITE\r\n" + "Contact: <sip:192.0.2.1>\r\n" +
         "Content-Type: application/sdp\r\n" + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string replace(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Finished stirline(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), test::program("STIRLINE_COMMAND"));
  return test::run(std::move(arguments));
}

class Offline : public ::testing::Test {
 protected:
  Finished sign(const std::string& message, const std::string& key = "test_leaf_spc1234.key",
                std::vector<std::string> more = {}) {
    const auto file = folder_.write("call.sip", message);
    std::vector<std::string> arguments = {"sign", "--key", pem(key).string(),    "--x5u",    kX5u,   "--attest",
                                          "A",    "--at",  std::to_string(kNow), "--origid", kOrigid};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(file.string());
    return stirline(std::move(arguments));
  }

  struct Question {
    std::string chain = "test_leaf_spc1234_chain.pem";
    std::string trust = "test_root.pem";
    std::int64_t at = kNow;
    std::vector<std::string> more;
  };
  Finished verify(const std::string& message, const Question& question) {
    const auto file = folder_.write("received.sip", message);
    std::vector<std::string> arguments = {"verify", "--json", "--at", std::to_string(question.at)};
    arguments.insert(arguments.end(), question.more.begin(), question.more.end());
    arguments.insert(arguments.end(), {"--cert", std::string(kX5u) + "=" + pem(question.chain).string(), "--trust",
                                       pem(question.trust).string(), file.string()});
    return stirline(std::move(arguments));
  }

  // Verifies `message` and expects it to be refused for `reason` with `code`.
  void expect_refused(const std::string& message, const Question& question, int code, const std::string& reason) {
    const Finished finished = verify(message, question);
    EXPECT_EQ(finished.status, 1) << finished.err;
    const json verdict = json::parse(finished.out, nullptr, false);
    ASSERT_TRUE(verdict.is_object()) << finished.out;
    EXPECT_EQ(verdict.at("verdict"), "invalid");
    // STIR-VS-14: only what was validated can fail.
    const bool failed = (reason.starts_with("certificate_") && reason != "certificate_unknown") ||
                        reason == "signature_wrong" || reason == "claim_constraint" ||
                        reason == "outside_certificate_validity";
    EXPECT_EQ(verdict.at("verstat"), failed ? "TN-Validation-Failed" : "No-TN-Validation") << reason;
    EXPECT_EQ(verdict.at("code"), code);
    EXPECT_EQ(verdict.at("reason"), reason);
  }
  void expect_refused(const std::string& message, int code, const std::string& reason) {
    expect_refused(message, Question{}, code, reason);
  }

  std::string signed_call() {
    const Finished finished = sign(call_);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }

  test::ScratchFolder folder_;
  std::string call_ = invite("12155551212", "12125551213");
};

// STIR-SH-01, STIR-VS-02..09: what we sign, we verify.
TEST_F(Offline, WhatIsSignedIsValid) {
  const Finished finished = verify(signed_call(), {});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const json expected = {{"verdict", "valid"},
                         {"verstat", "TN-Validation-Passed"},
                         {"code", 0},
                         {"reason", "verified"},
                         {"priority", "none"},
                         {"identities", json::array({{{"ppt", "shaken"},
                                                      {"verdict", "valid"},
                                                      {"code", 0},
                                                      {"reason", "verified"},
                                                      {"attest", "A"},
                                                      {"origid", kOrigid},
                                                      {"x5u", kX5u},
                                                      {"rich_call_data", "none"},
                                                      {"inside", -1}}})}};
  EXPECT_EQ(json::parse(finished.out), expected);
}

// INL-ED-01, STIR-AS-02: Date and Identity are inserted, nothing else changes.
TEST_F(Offline, SigningInsertsTwoLinesAndNothingElse) {
  std::istringstream lines(signed_call());
  std::string rest;
  std::size_t dates = 0;
  std::size_t identities = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Date: ")) {
      EXPECT_EQ(line, "Date: Mon, 21 Sep 2026 14:13:20 GMT\r");
      ++dates;
    } else if (line.starts_with("Identity: ")) {
      EXPECT_TRUE(line.ends_with(";info=<" + std::string(kX5u) + ">;alg=ES256;ppt=\"shaken\"\r")) << line;
      ++identities;
    } else {
      rest += line + "\n";
    }
  }
  EXPECT_EQ(dates, 1U);
  EXPECT_EQ(identities, 1U);
  EXPECT_EQ(rest, call_);
}

TEST_F(Offline, ADateThatIsThereIsKept) {
  const std::string dated = replace(call_, "Call-ID", "Date: Mon, 21 Sep 2026 14:13:00 GMT\r\nCall-ID");
  const Finished finished = sign(dated);
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out.find("Date: ", finished.out.find("Date: ") + 1), std::string::npos);
  EXPECT_EQ(verify(finished.out, {}).status, 0);
}

TEST_F(Offline, OtherCallerIsRefused) {  // STIR-VS-02
  expect_refused(replace(signed_call(), "<sip:+12155551212@", "<sip:+12155551299@"), 438, "orig_mismatch");
}

TEST_F(Offline, OtherCalledNumberIsRefused) {  // STIR-VS-02
  expect_refused(replace(signed_call(), "To: <sip:+12125551213@", "To: <sip:+12125559999@"), 438, "dest_mismatch");
}

TEST_F(Offline, StaleIsRefusedAfterSixtySeconds) {  // STIR-VS-04
  const std::string message = signed_call();
  Question question;
  question.at = kNow + 60;
  EXPECT_EQ(verify(message, question).status, 0);
  question.at = kNow + 61;
  expect_refused(message, question, 403, "iat_stale");
  question.more = {"--fresh", "61"};
  EXPECT_EQ(verify(message, question).status, 0);
}

TEST_F(Offline, FutureIsRefused) {  // STIR-VS-04
  Question question;
  question.at = kNow - 61;
  expect_refused(signed_call(), question, 403, "iat_in_future");
}

TEST_F(Offline, FlippedSignatureBitIsRefused) {
  std::string message = signed_call();
  // The 40th character of the signature, away from its end where bits may be padding: another value is another bit.
  const std::size_t signature = message.find('.', message.find('.', message.find("Identity: ")) + 1) + 1;
  char& octet = message.at(signature + 40);
  octet = octet == 'A' ? 'B' : 'A';
  expect_refused(message, 438, "signature_wrong");
}

TEST_F(Offline, ExpiredCertificateIsRefused) {
  Question question;
  question.chain = "test_leaf_expired_chain.pem";
  expect_refused(signed_call(), question, 437, "certificate_expired");
}

TEST_F(Offline, CertificateOfAnotherCaIsRefused) {
  Question question;
  question.trust = "test_stipa.pem";
  expect_refused(signed_call(), question, 437, "certificate_untrusted");
}

TEST_F(Offline, NumberOutsideTheTnAuthListIsRefused) {  // STIR-VS-09
  Question question;
  question.chain = "test_delegate_range_chain.pem";
  const Finished inside = sign(invite("12155551999", "12125551213"), "test_delegate_range.key");
  ASSERT_EQ(inside.status, 0) << inside.err;
  const Finished verified = verify(inside.out, question);
  EXPECT_EQ(verified.status, 0) << verified.out;
  const Finished outside = sign(invite("12155552000", "12125551213"), "test_delegate_range.key");
  ASSERT_EQ(outside.status, 0) << outside.err;
  expect_refused(outside.out, question, 437, "certificate_scope");
}

TEST_F(Offline, RevokedCertificateIsRefused) {
  const Finished call = sign(call_, "test_leaf_constrained.key");
  ASSERT_EQ(call.status, 0) << call.err;
  Question question;
  question.chain = "test_leaf_constrained_chain.pem";
  question.more = {"--crl", pem("test_indirect_crl.pem").string()};
  expect_refused(call.out, question, 437, "certificate_revoked");
}

// STIR-CE-09: the signer of an indirect list is given with a second --crl, before or behind it; nobody else's will do.
TEST_F(Offline, IndirectListsComeFromTheSignerThatIsGiven) {
  const Finished call = sign(call_, "test_leaf_constrained.key");
  ASSERT_EQ(call.status, 0) << call.err;
  const std::string list = pem("test_indirect_crl.pem").string();
  const std::string signer = pem("test_stipa.pem").string();
  Question question;
  question.chain = "test_leaf_constrained_chain.pem";
  for (const auto& files : {std::vector{list, signer}, std::vector{signer, list}}) {
    question.more = {"--crl", files[0], "--crl", files[1]};
    expect_refused(call.out, question, 437, "certificate_revoked");
    EXPECT_EQ(verify(call.out, question).err, "");
    EXPECT_EQ(verify(signed_call(), {.more = question.more}).status, 0);  // of another certificate
  }
  question.more = {"--crl", list};
  EXPECT_NE(verify(call.out, question).err.find("not known"), std::string::npos);  // used, with a warning
  question.more = {"--crl", list, "--crl", pem("test_intermediate.pem").string()};
  EXPECT_EQ(verify(call.out, question).status, 64);
  question.more = {"--crl", list, signer};
  question.at = 2'398'377'599;
  EXPECT_EQ(verify(call.out, question).err, "");
  question.at = 2'398'377'601;
  EXPECT_NE(verify(call.out, question).err.find("older than its nextUpdate"), std::string::npos);
}

// STIR-CE-09: direct lists, of the root and of the issuer; with --revocation-required every certificate needs one.
TEST_F(Offline, DirectListsOfTheIssuersCount) {
  namespace made = stirline::test;
  const auto root = made::issue(made::shaken_root_options(), nullptr);
  auto authority = made::shaken_intermediate_options();
  authority.key_usage = "critical,keyCertSign,cRLSign";
  const auto issuer = made::issue(authority, &root);
  const auto leaf = made::issue(made::shaken_leaf_options(), &issuer);
  const auto file = [&](const std::string& name, const std::string& text) {
    return folder_.write(name, text).string();
  };
  const std::string key = file("leaf.key", leaf.key_pem());
  const Finished call = stirline(
      {"sign", "--key", key, "--x5u", kX5u, "--attest", "A", "--at", std::to_string(kNow), file("call.sip", call_)});
  ASSERT_EQ(call.status, 0) << call.err;
  const std::string chain = file("chain.pem", leaf.pem() + issuer.pem());
  const std::string message = file("received.sip", call.out);
  const auto reason = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"verify", "--json", "--at", std::to_string(kNow)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(),
                     {"--cert", std::string(kX5u) + "=" + chain, "--trust", file("root.pem", root.pem()), message});
    const Finished finished = stirline(std::move(arguments));
    return json::parse(finished.out, nullptr, false).value("reason", finished.err);
  };
  const std::string of_root = file("root.crl", made::issue_list({}, root));
  const std::string of_issuer = file("issuer.crl", made::issue_list({}, issuer));
  const std::string revoking = file("revoking.crl", made::issue_list({.revoked = {{&leaf}}}, issuer));
  EXPECT_EQ(reason({}), "verified");
  EXPECT_EQ(reason({"--crl", of_root, of_issuer}), "verified");
  EXPECT_EQ(reason({"--crl", of_root, revoking}), "certificate_revoked");
  EXPECT_EQ(reason({"--revocation-required", "--crl", of_root, of_issuer}), "verified");
  EXPECT_EQ(reason({"--revocation-required", "--crl", of_issuer}), "certificate_untrusted");
  EXPECT_EQ(reason({"--revocation-required"}), "certificate_untrusted");
}

TEST_F(Offline, AnX5uThatNobodyServesIsRefused) {
  const auto file = folder_.write("received.sip", signed_call());
  const Finished finished = stirline(
      {"verify", "--json", "--trust", pem("test_root.pem").string(), "--at", std::to_string(kNow), file.string()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(json::parse(finished.out).at("code"), 436);
}

TEST_F(Offline, AnotherKeyThanTheCertificatesIsRefused) {
  const Finished call = sign(call_, "test_delegate_range.key");
  ASSERT_EQ(call.status, 0) << call.err;
  expect_refused(call.out, 438, "signature_wrong");
}

TEST_F(Offline, NoIdentityIsNeitherValidNorInvalid) {
  const Finished finished = verify(call_, {});
  EXPECT_EQ(finished.status, 2);
  const json verdict = json::parse(finished.out);
  EXPECT_EQ(verdict.at("verdict"), "none");
  EXPECT_EQ(verdict.at("verstat"), "No-TN-Validation");
  EXPECT_EQ(verdict.at("code"), 428);
  EXPECT_TRUE(verdict.at("identities").empty());
}

TEST_F(Offline, WhatDoesNotParseIsNeverValid) {
  const Finished finished = verify(replace(signed_call(), "CSeq: 1 INVITE", "CSeq: 1 BYE"), {});
  EXPECT_EQ(finished.status, 1);
  const json verdict = json::parse(finished.out);
  EXPECT_EQ(verdict.at("verdict"), "invalid");
  EXPECT_EQ(verdict.at("code"), 0);
  EXPECT_EQ(verdict.at("reason"), "message_malformed");
}

TEST_F(Offline, MistakesOnTheCommandLineAreSixtyFour) {
  const std::string file = folder_.write("call.sip", call_).string();
  const std::string root = pem("test_root.pem").string();
  EXPECT_EQ(stirline({}).status, 64);
  EXPECT_EQ(stirline({"verify", file}).status, 64);                                  // no --trust
  EXPECT_EQ(stirline({"verify", "--trust", root}).status, 64);                       // no file
  EXPECT_EQ(stirline({"verify", "--trust", "/nonexistent", file}).status, 64);       // no such anchor
  EXPECT_EQ(stirline({"verify", "--trust", root, "/nonexistent"}).status, 64);       // no such message
  EXPECT_EQ(stirline({"verify", "--trust", root, "--cert", "x", file}).status, 64);  // not URL=FILE
  EXPECT_EQ(stirline({"verify", "--trust", root, "--at", "noon", file}).status, 64);
  EXPECT_EQ(stirline({"sign", "--key", root, "--x5u", kX5u, "--attest", "A", file}).status, 64);  // no key in there
  EXPECT_EQ(stirline({"sign", "--key", root, "--x5u", kX5u, "--attest", "D", file}).status, 64);
  const std::string key = pem("test_leaf_spc1234.key").string();
  EXPECT_EQ(stirline({"sign", "--key", key, "--x5u", kX5u, "--attest", "A", "--origid", "7", file}).status, 64);
  EXPECT_EQ(stirline({"sign", "--key", key, "--x5u", "a b", "--attest", "A", file}).status, 64);
  EXPECT_EQ(stirline({"--help"}).status, 0);
}

TEST_F(Offline, WhatMayNotBeSignedIsNotAndSaysWhy) {
  const std::string call = signed_call();
  const Finished twice = sign(call);  // STIR-AS-12
  EXPECT_EQ(twice.status, 1);
  EXPECT_TRUE(twice.out.empty());
  EXPECT_NE(twice.err.find("already_signed"), std::string::npos) << twice.err;

  EXPECT_EQ(sign(replace(call_, "tag=1\r\nTo: <sip:+12125551213@example.net;user=phone>",
                         "tag=1\r\nTo: <sip:+12125551213@example.net;user=phone>;tag=2"))
                .status,
            1);                                                                                            // INL-TX-10
  EXPECT_EQ(sign(replace(call_, "Call-ID", "Date: Mon, 21 Sep 2026 14:12:00 GMT\r\nCall-ID")).status, 1);  // STIR-AS-03
  EXPECT_EQ(sign("not SIP at all\r\n\r\n").status, 1);
}

TEST_F(Offline, WithoutOrigidEachCallGetsItsOwn) {
  const auto file = folder_.write("call.sip", call_);
  const auto sign_once = [&] {
    return stirline({"sign", "--key", pem("test_leaf_spc1234.key").string(), "--x5u", kX5u, "--attest", "C", "--at",
                     std::to_string(kNow), file.string()});
  };
  const auto origid_of = [&](const Finished& call) {
    return json::parse(verify(call.out, {}).out).at("identities").at(0).at("origid").get<std::string>();
  };
  const std::string first = origid_of(sign_once());
  const std::string second = origid_of(sign_once());
  EXPECT_EQ(first.size(), 36U);
  EXPECT_EQ(first[14], '4');
  EXPECT_NE(first, second);
}

TEST_F(Offline, ParseWalksFoldersInOrderAndTakesRegularFilesOnly) {
  folder_.write("b.sip", call_);
  folder_.write("a.sip", "garbage");
  std::filesystem::create_directory(folder_ / "deeper");
  folder_.write("deeper/c.sip", call_);
  const Finished finished = stirline({"parse", "--json", folder_.path().string()});
  EXPECT_EQ(finished.status, 0) << finished.err;
  std::istringstream lines(finished.out);
  std::vector<std::string> files;
  std::vector<std::string> codes;
  std::vector<std::string> methods;
  for (std::string line; std::getline(lines, line);) {
    const json parsed = json::parse(line);
    files.push_back(std::filesystem::path(parsed.at("file").get<std::string>()).filename().string());
    codes.push_back(parsed.at("code"));
    methods.push_back(parsed.at("method"));
  }
  EXPECT_EQ(files, (std::vector<std::string>{"a.sip", "b.sip", "c.sip"}));
  EXPECT_EQ(codes, (std::vector<std::string>{"NOT_SIP", "OK", "OK"}));
  EXPECT_EQ(methods, (std::vector<std::string>{"", "INVITE", "INVITE"}));
  EXPECT_EQ(stirline({"parse", "/nonexistent"}).status, 64);
}

// INL-TCP-01 for the laboratory: one direction of a connection, as it was captured.
TEST_F(Offline, ParseCutsStreams) {
  const std::string message =
      "BYE sip:a@b SIP/2.0\r\nv: SIP/2.0/TCP h;branch=z9hG4bK1\r\nf: <sip:c@d>;tag=1\r\nt: <sip:a@b>;tag=2\r\ni: 1\r\n"
      "CSeq: 2 BYE\r\nl: 4\r\n\r\nbody";
  folder_.write("stream", "\r\n\r\n" + message + "\r\n" + message + "GET / HTTP/1.1\r\n");
  const Finished finished = stirline({"parse", "--json", "--stream", (folder_ / "stream").string()});
  EXPECT_EQ(finished.status, 0) << finished.err;
  std::istringstream lines(finished.out);
  std::vector<std::string> steps;
  std::size_t at = 0;
  for (std::string line; std::getline(lines, line);) {
    const json parsed = json::parse(line);
    steps.push_back(parsed.at("step").get<std::string>() + " " + parsed.at("code").get<std::string>());
    EXPECT_EQ(parsed.at("offset"), at);
    at += parsed.at("size").get<std::size_t>();
    EXPECT_EQ(parsed.contains("action"), steps.back() == "message OK");
    EXPECT_EQ(parsed.value("reason", ""), steps.back() == "refused NOT_SIP" ? "NOT_SIP at octet 5" : "");
    EXPECT_EQ(parsed.value("clen", ""), steps.back() == "message OK" ? "4" : "");
  }
  EXPECT_EQ(steps, (std::vector<std::string>{"empty_line OK", "ping OK", "message OK", "empty_line OK", "message OK",
                                             "refused NOT_SIP"}));
  EXPECT_EQ(at, std::filesystem::file_size(folder_ / "stream"));
  folder_.write("stream", message.substr(0, message.size() - 1));
  EXPECT_NE(stirline({"parse", "--stream", (folder_ / "stream").string()}).out.find("incomplete"), std::string::npos);
  EXPECT_EQ(stirline({"parse", "--stream", "/nonexistent"}).status, 64);
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream in(line);
  while (std::getline(in, part, separator)) {
    parts.push_back(part);
  }
  if (line.ends_with(separator)) {
    parts.emplace_back();
  }
  return parts;
}

// Every field of every message of the carrier corpus.
TEST(Corpus, ParseJsonAgreesWithTheGroundTruth) {
  const auto corpus = stirline::test::test_data("corpus/carrier");
  if (!corpus) {
    GTEST_SKIP() << "the carrier corpus is not in the test data folder";
  }
  const Finished finished = stirline({"parse", "--json", corpus->string()});
  ASSERT_EQ(finished.status, 0) << finished.err;
  std::map<std::string, json> parsed;
  std::istringstream lines(finished.out);
  for (std::string line; std::getline(lines, line);) {
    json object = json::parse(line);
    const std::string name = std::filesystem::path(object.at("file").get<std::string>()).filename().string();
    parsed.emplace(name, std::move(object));
  }
  std::ifstream truth(*corpus / "FIELDS.tsv");
  std::string line;
  ASSERT_TRUE(std::getline(truth, line));
  const std::vector<std::string> names = split(line, '\t');
  std::size_t messages = 0;
  while (std::getline(truth, line)) {
    const std::vector<std::string> values = split(line, '\t');
    ASSERT_EQ(values.size(), names.size()) << line;
    ASSERT_TRUE(parsed.contains(values[0])) << values[0];
    const json& object = parsed.at(values[0]);
    EXPECT_EQ(object.at("code"), "OK") << values[0];
    for (std::size_t i = 1; i < names.size(); ++i) {
      EXPECT_EQ(object.at(names[i]), values[i]) << values[0] << " " << names[i];
    }
    ++messages;
  }
  EXPECT_EQ(messages, 225U);
}

}  // namespace
}  // namespace stirline::control::cli_test
