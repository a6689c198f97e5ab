// One call that comes through more than once: forks of three branches, and spirals (RFC 3261 16.6, 16.3; INL-TX-01,
// INL-TX-12). Call-ID, From tag and CSeq are the same in all of them; the branch tells them apart.
#include <array>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "crypto_workers/passport/base64url.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::tables::Answer;
using dataplane::Counter;

constexpr std::size_t kBranches = 3;

std::string replaced_all(std::string text, const std::string& what, const std::string& by) {
  EXPECT_NE(text.find(what), std::string::npos) << what;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string branch_of(const std::string& message) {
  const std::string via = header_line(message, "Via: ");
  const std::size_t at = via.find(";branch=") + 8;
  return via.substr(at, via.find(';', at) - at);
}

std::string with_branch(const std::string& message, const std::string& branch) {
  return replaced_all(message, ";branch=" + branch_of(message), ";branch=" + branch);
}

// To the device `target`, and in To only if `own_to`.
std::string fork_of(const std::string& message, std::size_t target, bool own_to) {
  const std::string number = destination({.number = 1});
  std::string fork = with_branch(message, "z9hG4bKfork" + std::to_string(target));
  const std::string to = "+1404555000" + std::to_string(target);
  const std::string start = fork.substr(0, fork.find("\r\n"));
  fork.replace(0, start.size(), replaced_all(start, "+" + number, to));
  return own_to ? replaced_all(fork, "+" + number, to) : fork;
}

// What the token says the call is for.
std::string dest_of(const std::string& message) {
  const std::string line = header_line(message, "Identity: ");
  const std::size_t begin = line.find('.') + 1;
  const std::string payload = line.substr(begin, line.find('.', begin) - begin);
  std::string octets(payload.size(), '\0');
  const auto size = crypto::base64url_decode(payload, {reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  EXPECT_TRUE(size) << line;
  octets.resize(size.value_or(0));
  return nlohmann::json::parse(octets).at("dest").at("tn").at(0);
}

std::string answer_of(const std::string& request, const std::string& status) {
  std::string answer = "SIP/2.0 " + status + "\r\n";
  for (std::size_t at = 0; (at = request.find("\r\nVia: ", at)) != std::string::npos; at += 2) {
    answer += request.substr(at + 2, request.find("\r\n", at + 2) - at);
  }
  for (const char* const name : {"From: ", "To: ", "Call-ID: ", "CSeq: "}) {
    answer += header_line(request, name) + (std::string(name) == "To: " ? ";tag=" + branch_of(request) : "") + "\r\n";
  }
  return answer + "Content-Length: 0\r\n\r\n";
}

class Forks : public testing::Test {
 protected:
  void put_a(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(outward(message), 1'480)) {
      harness_.put_a(golden::build(piece));
    }
  }
  void put_b(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
  }
  std::string at_a() {
    return next_payload([&] { return harness_.get_a(); });
  }
  std::string at_b() {
    return next_payload([&] { return harness_.get_b(); });
  }
  // All at once, and what comes of each, by its branch.
  std::map<std::string, std::string> out(const std::array<std::string, kBranches>& branches) {
    for (const std::string& branch : branches) {
      put_a(branch);
    }
    std::map<std::string, std::string> sent;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const std::string message = at_b();
      sent.emplace(branch_of(message), message);
    }
    EXPECT_EQ(sent.size(), branches.size());
    return sent;
  }
  static std::array<std::string, kBranches> three(bool own_to) {
    const std::string call = invite({.number = 1, .date = kTestNow});
    return {fork_of(call, 0, own_to), fork_of(call, 1, own_to), fork_of(call, 2, own_to)};
  }

  Harness harness_{{.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = kNeverUs; }}};
};

TEST_F(Forks, OfThreeBranchesAreThreeTransactionsEachSigned) {
  harness_.publish(lab_tables());
  const auto branches = three(false);
  const auto sent = out(branches);
  EXPECT_EQ(harness_.counter(Counter::to_sign), kBranches);
  for (const std::string& branch : branches) {
    const std::string& message = sent.at(branch_of(branch));
    EXPECT_EQ(dest_of(message), destination({.number = 1})) << "of To, which all of them have (RFC 8225 5.2.1)";
    EXPECT_EQ(message.substr(0, message.find("\r\n")), branch.substr(0, branch.find("\r\n")));
  }
  // A copy of each gets what its own first one got, in any order.
  for (const std::size_t i : {2U, 0U, 1U, 1U}) {
    put_a(branches[i]);
    EXPECT_EQ(at_b(), sent.at(branch_of(branches[i])));
  }
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(harness_.counter(Counter::signed_again), 4U);
  EXPECT_EQ(harness_.counter(Counter::to_sign), kBranches);
  EXPECT_TRUE(harness_.ledger_balances());
}

TEST_F(Forks, ToThreeNumbersAreSignedForEachOfThem) {
  harness_.publish(lab_tables());
  const auto branches = three(true);
  const auto sent = out(branches);
  for (std::size_t i = 0; i < kBranches; ++i) {
    EXPECT_EQ(dest_of(sent.at(branch_of(branches[i]))), "1404555000" + std::to_string(i));
  }
  for (const std::string& branch : branches) {
    put_a(branch);
    EXPECT_EQ(at_b(), sent.at(branch_of(branch)));
  }
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(harness_.counter(Counter::signed_again), kBranches);
}

TEST_F(Forks, AnswersOfTheOtherSideCrossEachByItself) {
  harness_.publish(lab_tables());
  const auto branches = three(false);
  out(branches);
  const std::array<std::string, kBranches> statuses = {"486 Busy Here", "180 Ringing", "200 OK"};
  for (std::size_t i = 0; i < kBranches; ++i) {
    const std::string answer = answer_of(branches[i], statuses[i]);
    put_b(answer);
    EXPECT_EQ(at_a(), answer);
  }
  put_a(following(branches[1], "CANCEL"));
  EXPECT_EQ(at_b(), following(branches[1], "CANCEL"));
  put_a(following(branches[0], "ACK"));
  EXPECT_EQ(at_b(), following(branches[0], "ACK"));
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(harness_.counter(Counter::responses), kBranches);
  EXPECT_TRUE(harness_.ledger_balances());
}

// One branch carries a token, two carry none: two are refused, each with its own answer, and ACK and CANCEL of one
// touch no other.
TEST_F(Forks, OurOwnAnswersAreIndependent) {
  LabTables tables = lab_tables();
  tables.trunks[0].answers.no_identity = Answer::use_identity;
  harness_.publish(tables);
  auto branches = three(false);
  put_a(branches[1]);
  branches[1] = at_b();
  ASSERT_NE(branches[1].find("\r\nIdentity: "), std::string::npos);

  for (const std::string& branch : branches) {
    put_b(branch);
  }
  std::map<std::string, std::string> answers;
  for (int i = 0; i < 2; ++i) {
    const std::string answer = at_b();
    EXPECT_TRUE(answer.starts_with("SIP/2.0 428 ")) << answer;
    answers.emplace(branch_of(answer), answer);
  }
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_NE(header_line(answers.at(branch_of(branches[0])), "To: "),
            header_line(answers.at(branch_of(branches[2])), "To: "))
      << "a tag for each transaction (RFC 3261 8.2.6.2)";
  EXPECT_NE(at_a().find("verstat=TN-Validation-Passed"), std::string::npos);

  std::string ack = following(branches[0], "ACK");
  ack = replaced_all(ack, header_line(ack, "To: "), header_line(answers.at(branch_of(branches[0])), "To: "));
  put_b(ack);
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(harness_.counter(Counter::dropped_acks), 1U);
  put_b(following(branches[1], "CANCEL"));
  EXPECT_EQ(at_a(), following(branches[1], "CANCEL")) << "of the one that went on";
  put_b(following(branches[2], "CANCEL"));
  EXPECT_TRUE(at_b().starts_with("SIP/2.0 200 ")) << "of one that we answered";
  put_b(branches[0]);
  EXPECT_EQ(at_b(), answers.at(branch_of(branches[0])));
  EXPECT_TRUE(harness_.settle());
  EXPECT_TRUE(harness_.ledger_balances());
}

// Out, back in from the peer, and out again to somebody else: each time another branch and another Request-URI.
TEST_F(Forks, ASpiralIsAnotherTransactionEachTime) {
  harness_.publish(lab_tables());
  const std::string call = invite({.number = 1, .date = kTestNow});
  put_a(call);
  const std::string once = at_b();
  ASSERT_NE(once.find("\r\nIdentity: "), std::string::npos);

  const auto through = [](std::string message, const std::string& branch, const std::string& target) {
    const std::string start = message.substr(0, message.find("\r\n"));
    message.replace(0, start.size(), "INVITE sip:" + target + "@b.example.net SIP/2.0");
    return message.insert(message.find("\r\nVia: ") + 2,
                          "Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK" + branch + "\r\n");
  };
  const std::string back = through(once, "spiral1", "+14045550001");
  put_b(back);
  const std::string judged = at_a();
  EXPECT_NE(judged.find("verstat=TN-Validation-Passed"), std::string::npos) << judged;

  const std::string again = through(once, "spiral2", "+14045550002");
  put_a(again);
  EXPECT_EQ(at_b(), again) << "signed already (STIR-AS-12), and no copy of the first";
  EXPECT_EQ(harness_.counter(Counter::signed_again), 0U);
  EXPECT_EQ(harness_.counter(Counter::to_sign), 1U);
  EXPECT_EQ(harness_.counter(Counter::to_verify), 1U);

  put_a(call);
  EXPECT_EQ(at_b(), once) << "a late copy of the first";
  put_b(back);
  EXPECT_EQ(at_a(), judged) << "and of the second";
  EXPECT_TRUE(harness_.settle());
  EXPECT_TRUE(harness_.ledger_balances());
}

// One of before RFC 3261, whose branch does not tell: only the Request-URI is another.
TEST_F(Forks, ASpiralWithTheBranchOfTheFirstGetsNothingOfIt) {
  harness_.publish(lab_tables());
  const std::string call = with_branch(invite({.number = 1, .date = kTestNow}), "1");
  const std::string start = call.substr(0, call.find("\r\n"));
  put_a(call);
  const std::string once = at_b();
  ASSERT_NE(once.find("\r\nIdentity: "), std::string::npos);
  std::string other = call;
  other.replace(0, start.size(), "INVITE sip:+14045550002@b.example.net SIP/2.0");
  put_a(other);
  const std::string sent = at_b();
  EXPECT_TRUE(sent.starts_with("INVITE sip:+14045550002@b.example.net SIP/2.0\r\n"));
  EXPECT_NE(sent.find("\r\nIdentity: "), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::signed_again), 0U);
  EXPECT_EQ(harness_.counter(Counter::to_sign), 2U);
  EXPECT_TRUE(harness_.settle());
}

}  // namespace
}  // namespace stirline::test
