// What rules do to calls on the wire (SPIT-FW-01, -02, -08; SPIT-PL-03 to -06; SPIT-MK-01, -02, -04, -05; SPIT-HC-01,
// -02).
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/puzzle/hashcash.hpp"
#include "dataplane/poll/answer_texts.hpp"
#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

TEST_F(RuledCalls, BlockIsAFinalAnswer) {  // SPIT-PL-04
  rule_for(1, lab_rule("no", Handling::block));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 603 Decline");
  Rule unwanted = lab_rule("no", Handling::block);
  unwanted.actions.response = 607;
  rule_for(2, unwanted);
  const std::string answer = answered(call(2));
  EXPECT_EQ(status_line(answer), "SIP/2.0 607 Unwanted");
  EXPECT_EQ(answered(call(2)), answer) << "copies get the same octets";
  EXPECT_TRUE(delivered(call(3)).starts_with("INVITE ")) << "who has no rules gets his calls";
  EXPECT_EQ(harness_.counter(Counter::rules_blocked), 2U);
}

TEST_F(RuledCalls, TheTrunkSaysHowRulesRefuseThatDoNotSayItThemselves) {  // SPIT-PL-04
  LabTables tables = lab_tables();
  tables.trunks[0].answers.by_rule = config::tables::Answer::network_blocked;
  tables.trunks[0].answers.block_text = "v=analytics1";
  harness_.publish(tables);
  rule_for(1, lab_rule("no", Handling::block));
  const std::string answer = answered(call(1));
  EXPECT_EQ(status_line(answer), "SIP/2.0 603 Network Blocked");
  EXPECT_EQ(header_line(answer, "Reason: "), "Reason: SIP;cause=603;text=\"v=analytics1\"");
  Rule unwanted = lab_rule("no", Handling::block);
  unwanted.actions.response = 607;
  rule_for(2, unwanted);
  EXPECT_EQ(status_line(answered(call(2))), "SIP/2.0 607 Unwanted");
}

TEST_F(RuledCalls, ARefusalHasThePhraseOfItsRule) {  // SPIT-PL-03
  Rule no = lab_rule("no", Handling::block);
  no.actions.response = 607;
  no.actions.phrase = "Please write a letter";
  rule_for(1, no);
  const std::string answer = answered(call(1));
  EXPECT_EQ(status_line(answer), "SIP/2.0 607 Please write a letter");
  rules_.users.clear();
  no.actions.phrase = "Something else";
  rule_for(1, no);
  EXPECT_EQ(answered(call(1)), answer) << "copies get the same octets, whatever rules have become (INL-TX-06)";
  EXPECT_EQ(status_line(answered(another(call(1), "2"))), "SIP/2.0 607 Something else");
  EXPECT_EQ(status_line(answered(another(signed_call(1), "3"))), "SIP/2.0 607 Something else")
      << "behind a crypto core, too";
  // Where nobody tells the caller what 608 means it is 603 (STIR-BL-03), and the phrase was for the other.
  no.actions.response = 608;
  rule_for(2, no);
  EXPECT_EQ(status_line(answered(call(2))), "SIP/2.0 603 Decline");
  // Who is refused politely learns nothing by a phrase either.
  no.actions.handling = Handling::polite_block;
  rule_for(3, no);
  EXPECT_EQ(status_line(answered(call(3))), "SIP/2.0 480 Temporarily Unavailable");
}

TEST_F(RuledCalls, MorePhrasesThanPlaces) {  // SPIT-PL-03: bounded memory
  Rule no = lab_rule("no", Handling::block);
  no.actions.response = 403;
  no.actions.phrase = "Not here";
  rule_for(1, no);
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 403 Not here");
  for (unsigned i = 0; i < dataplane::AnswerTexts::kPlaces; ++i) {
    ASSERT_EQ(status_line(answered(another(call(1), "n" + std::to_string(i)))), "SIP/2.0 403 Not here") << i;
  }
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 403 Forbidden") << "its place is another's by now";
}

TEST_F(RuledCalls, PoliteBlockTellsNothing) {  // SPIT-PL-04; tests/ring/ringing_test.cpp where it rings
  rule_for(1, lab_rule("no", Handling::polite_block));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 480 Temporarily Unavailable");
  const std::string message = replaced(replaced(call(1), "INVITE sip", "MESSAGE sip"), " INVITE\r\n", " MESSAGE\r\n");
  EXPECT_EQ(status_line(answered(replaced(message, "branch=z9hG4bK", "branch=z9hG4bKm"))), "SIP/2.0 202 Accepted");
  EXPECT_EQ(harness_.counter(Counter::rules_blocked_politely), 2U);
}

TEST_F(RuledCalls, AMarkIsOurOwn) {  // SPIT-MK-01, -02
  Rule mark = lab_rule("perhaps", Handling::allow_marked);
  mark.actions.display_prefix = "[Spam?] ";
  rule_for(1, mark);
  const std::string got = delivered(with_line(call(1), "spam-score: 99;by=somebody"));
  EXPECT_EQ(got.find("by=somebody"), std::string::npos) << "the peer's word does not cross";
  EXPECT_EQ(header_line(got, "Spam-Score: "), "Spam-Score: 0;by=stirline");
  EXPECT_NE(got.find("From: \"[Spam?] Subscriber 1\" <sip:"), std::string::npos) << got;
  EXPECT_EQ(delivered(call(2)).find("Spam-Score"), std::string::npos);
}

// SPIT-MK-01: the highest score counts, whoever gives it, of those who are believed.
TEST_F(RuledCalls, ATrustedPeersScoreCounts) {
  Rule refuse = lab_rule("spam", Handling::block);
  refuse.least_score = 70;
  rules_.users.push_back({.called = destination({.number = 1}), .rules = {.rules = {refuse}}});
  rules_.users.push_back(
      {.called = destination({.number = 2}), .rules = {.rules = {lab_rule("mark", Handling::allow_marked)}}});
  publish(rules_);
  const auto scored = [](std::uint32_t number, const std::string& score) {
    return another(with_line(call(number), "Spam-Score: " + score), "s" + std::to_string(score.size()));
  };
  EXPECT_TRUE(delivered(scored(1, "70")).starts_with("INVITE ")) << "this peer is nobody whom we believe";
  LabTables tables = lab_tables();
  tables.trunks[0].certificate_wait_ms = 0;
  tables.trunks[0].answers.ring_seconds = 0;
  tables.trunks[0].trusted = true;
  harness_.publish(tables);
  EXPECT_EQ(status_line(answered(scored(1, "70;by=us"))), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(scored(1, "69;by=them")).starts_with("INVITE "));
  EXPECT_TRUE(delivered(scored(1, "seventy")).starts_with("INVITE ")) << "what cannot be read says nothing";
  EXPECT_TRUE(delivered(scored(1, "101")).starts_with("INVITE "));
  const std::string got = delivered(scored(2, "42;by=them;detail=\"x=42\", 7"));
  EXPECT_EQ(header_line(got, "Spam-Score: "), "Spam-Score: 42;by=stirline;detail=\"peer=42,statistics=0\"");
  EXPECT_LT(got.find("by=stirline"), got.find("Spam-Score: 42;by=them;detail=\"x=42\", 7"))
      << "what a trusted peer says stays, behind ours";
}

TEST_F(RuledCalls, AnotherTargetChangesTheRequestUriAlone) {  // SPIT-MK-04
  Rule voicebox = lab_rule("away", Handling::forward);
  voicebox.actions.target = "sip:voicebox@company-example.com";
  const std::string before = delivered(call(1));
  rule_for(2, voicebox);
  const std::string got = delivered(call(2));
  EXPECT_TRUE(got.starts_with("INVITE sip:voicebox@company-example.com SIP/2.0\r\n")) << got;
  EXPECT_NE(got.find("To: <sip:+" + destination({.number = 2})), std::string::npos);
  EXPECT_EQ(delivered(call(2)), got) << "a copy goes the same way";
  EXPECT_EQ(before.substr(0, before.find("\r\n")), call(1).substr(0, call(1).find("\r\n")));
}

TEST_F(RuledCalls, OnlyWhoIsAuthenticatedIsAFriend) {  // SPIT-FW-02, SPIT-CL-03
  Rule friends = lab_rule("friends", Handling::allow);
  friends.identities.push_back({{originator({.number = 1})}, {}});
  rules_.users.push_back(
      {.called = destination({.number = 1}), .rules = {.rules = {friends, lab_rule("others", Handling::block)}}});
  const std::string known = signed_call(1);
  publish(rules_);
  EXPECT_TRUE(delivered(known).starts_with("INVITE "));
  EXPECT_EQ(harness_.counter(Counter::rules_allowed), 1U);
  // The same From and P-Asserted-Identity, and no token; and a token that was tampered with.
  EXPECT_EQ(status_line(answered(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKx"))), "SIP/2.0 603 Decline");
  const std::string forged =
      replaced(replaced(known, "branch=z9hG4bK", "branch=z9hG4bKy"), "Identity: ey", "Identity: eY");
  EXPECT_EQ(status_line(answered(forged)), "SIP/2.0 603 Decline");
}

// A valid call may be blocked, one without any token allowed: the verdict is one fact among others.
TEST_F(RuledCalls, AVerdictIsNoJudgementOnSpam) {  // STIR-VS-11
  const std::string valid = signed_call(1);
  rule_for(1, lab_rule("no", Handling::block));
  rule_for(2, lab_rule("yes", Handling::allow));
  EXPECT_EQ(status_line(answered(valid)), "SIP/2.0 603 Decline");
  EXPECT_EQ(harness_.counter(Counter::verified_valid), 1U);
  EXPECT_TRUE(delivered(call(2)).starts_with("INVITE "));
}

// SPIT-FW-07: naming a certificate that never comes is no way past rules.
TEST_F(RuledCalls, RulesHoldForWhoeverWaitedInVain) {
  const std::string call_without_chain = signed_call(1);
  LabTables tables = lab_tables();
  tables.certificates.clear();
  tables.trunks[0].certificate_wait_ms = 50;
  harness_.publish(tables);
  rule_for(1, lab_rule("no", Handling::block));
  EXPECT_EQ(status_line(answered(call_without_chain)), "SIP/2.0 603 Decline");
  EXPECT_EQ(harness_.counter(Counter::wait_expired), 1U);
  EXPECT_EQ(harness_.counter(Counter::rules_blocked), 1U);
}

TEST_F(RuledCalls, TheLawIsAboveTheUserAndHeAboveSoftDefaults) {  // SPIT-PL-06
  rules_.legal.rules = {lab_rule("court order", Handling::block)};
  rule_for(1, lab_rule("all", Handling::allow));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 603 Decline");
  rules_.legal = {};
  rules_.operator_soft.rules = {lab_rule("soft", Handling::block)};
  rule_for(2, lab_rule("all", Handling::allow));
  EXPECT_TRUE(delivered(call(2)).starts_with("INVITE "));
  EXPECT_EQ(status_line(answered(call(3))), "SIP/2.0 603 Decline");
}

TEST_F(RuledCalls, OpenHouseMarksInsteadOfBlocking) {  // SPIT-FW-08
  rule_for(1, lab_rule("no", Handling::block), UserGroup::open);
  EXPECT_NE(delivered(call(1)).find("\r\nSpam-Score: "), std::string::npos);
}

TEST_F(RuledCalls, EmergencyCallsArePastAllRules) {  // SPIT-PL-06, INL-AV-02
  rules_.legal.rules = {lab_rule("everything", Handling::block)};
  publish(rules_);
  const std::string called = destination({.number = 1});
  std::string emergency = call(1);
  emergency =
      replaced(emergency, "sip:+" + called + "@gateway.carrier-b.example.net:5060;user=phone", "urn:service:sos");
  emergency = replaced(emergency, "To: <sip:+" + called + "@gateway.carrier-b.example.net;user=phone>",
                       "To: <urn:service:sos>");
  EXPECT_TRUE(delivered(emergency).starts_with("INVITE urn:service:sos"));
  EXPECT_EQ(status_line(answered(call(2))), "SIP/2.0 603 Decline");
}

TEST_F(RuledCalls, ADecisionIsTakenOnce) {  // INL-TX-09
  const std::string got = delivered(call(1));
  rule_for(1, lab_rule("no", Handling::block));
  EXPECT_EQ(delivered(call(1)), got) << "what went on is never answered";
  const std::string answer = answered(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKn"));
  EXPECT_EQ(status_line(answer), "SIP/2.0 603 Decline");
  rules_.users.clear();
  publish(rules_);
  EXPECT_EQ(answered(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKn")), answer)
      << "what was answered never goes on";
}

// The seed's Bob (SPIT-PL-05): who is not known solves a puzzle and reaches the voice box; who fails is blocked.
class Puzzles : public RuledCalls {
 protected:
  Puzzles() {
    Rule puzzle = lab_rule("r3", Handling::challenge);
    puzzle.facts = (kAnything & ~all_of(Fact::puzzle)) | fact_bit(Fact::puzzle, Result::none);
    puzzle.actions.component = Component::hashcash;
    puzzle.actions.work = 10;
    Rule solved = lab_rule("r4", Handling::forward);
    solved.facts = (kAnything & ~all_of(Fact::puzzle)) | fact_bit(Fact::puzzle, Result::success);
    solved.actions.target = "sip:voicebox@company-example.com";
    Rule failed = lab_rule("r5", Handling::block);
    failed.facts = (kAnything & ~all_of(Fact::puzzle)) | fact_bit(Fact::puzzle, Result::failure);
    for (const std::uint32_t number : {1U, 2U}) {
      rules_.users.push_back({.called = destination({.number = number}), .rules = {.rules = {puzzle, solved, failed}}});
    }
    publish(rules_);
  }

  // Of somebody who says that he solves puzzles.
  static std::string call(std::uint32_t number) {
    return with_line(RuledCalls::call(number), "Supported: 100rel, Hashcash");
  }

  static crypto::Puzzle puzzle_in(const std::string& answer) {
    const auto puzzle = crypto::read_puzzle(header_line(answer, "Puzzle: ").substr(8));
    EXPECT_TRUE(puzzle) << answer;
    return puzzle.value_or(crypto::Puzzle{});
  }

  // Tries all there is to try.
  static crypto::Puzzle solved(const crypto::Puzzle& puzzle) {
    constexpr std::array<std::uint8_t, crypto::kOrigidKeyBytes> kNoKey{};
    crypto::Hashcash hashcash(kNoKey);
    crypto::Puzzle solution = puzzle;
    solution.work = 0;
    for (unsigned tried = 0; tried < 1U << puzzle.work; ++tried) {
      solution.pre[19] = static_cast<std::uint8_t>(puzzle.pre[19] | (tried & 0xff));
      solution.pre[18] = static_cast<std::uint8_t>(puzzle.pre[18] | (tried >> 8));
      if (hashcash.solves(puzzle, solution)) {
        return solution;
      }
    }
    ADD_FAILURE() << "nothing solves it";
    return solution;
  }

  // The next attempt: another branch, the next CSeq, and the line.
  static std::string again(const std::string& request, const crypto::Puzzle& solution, const std::string& branch) {
    std::array<char, crypto::kPuzzleLineBytes> line;
    std::string text(crypto::write_puzzle(solution, line));
    text.resize(text.size() - 2);
    return with_line(replaced(request, "branch=z9hG4bK", "branch=z9hG4bK" + branch), text);
  }
};

TEST_F(Puzzles, WhoSolvesOneGoesOn) {  // SPIT-HC-01, SPIT-HC-02
  const std::string challenge = answered(call(1));
  EXPECT_EQ(status_line(challenge), "SIP/2.0 419 Puzzle Required");
  EXPECT_EQ(puzzle_in(challenge).work, 10);
  EXPECT_EQ(answered(call(1)), challenge) << "a copy gets the same octets";
  const std::string second = again(call(1), solved(puzzle_in(challenge)), "s");
  EXPECT_TRUE(delivered(second).starts_with("INVITE sip:voicebox@company-example.com SIP/2.0\r\n"));
  EXPECT_TRUE(delivered(second).starts_with("INVITE sip:voicebox@company-example.com SIP/2.0\r\n")) << "a copy of it";
  // Used once, and of this caller for this called one.
  EXPECT_EQ(status_line(answered(again(call(1), solved(puzzle_in(challenge)), "t"))), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(again(call(2), solved(puzzle_in(challenge)), "u"))), "SIP/2.0 603 Decline");
}

TEST_F(Puzzles, TheSameOneLaterInTheMinute) {  // SPIT-MK-05: nothing is kept about it
  const crypto::Puzzle first = puzzle_in(answered(call(1)));
  EXPECT_EQ(puzzle_in(answered(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKq"))), first);
  harness_.clock().set(kTestNow + 60);
  EXPECT_EQ(puzzle_in(answered(call(1))), first) << "a copy of the first request, a minute later";
  EXPECT_NE(puzzle_in(answered(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKr"))), first);
}

// SPIT-HC-04: telephones behind a gateway solve nothing.
TEST_F(Puzzles, OnlyForWhoCanSolveThem) {
  const std::string silent = RuledCalls::call(1);
  const auto on_trunk = [&](config::tables::Puzzles puzzles, const std::string& otherwise) {
    LabTables tables = lab_tables();
    tables.trunks[0].certificate_wait_ms = 0;
    tables.trunks[0].puzzles = puzzles;
    tables.trunks[0].no_puzzle_to = otherwise;
    harness_.publish(tables);
  };
  const std::string marked = delivered(silent);
  EXPECT_TRUE(marked.starts_with("INVITE sip:+" + destination({.number = 1}))) << marked;
  EXPECT_NE(marked.find("\r\nSpam-Score: "), std::string::npos) << "nobody is turned away for what he cannot do";
  on_trunk(config::tables::Puzzles::announced, "sip:test@ivr.example.net");
  EXPECT_TRUE(delivered(another(silent, "1")).starts_with("INVITE sip:test@ivr.example.net SIP/2.0\r\n"));
  EXPECT_EQ(status_line(answered(another(call(1), "2"))), "SIP/2.0 419 Puzzle Required");
  on_trunk(config::tables::Puzzles::nobody, "");
  EXPECT_NE(delivered(another(call(1), "3")).find("\r\nSpam-Score: "), std::string::npos);
  on_trunk(config::tables::Puzzles::everybody, "");
  EXPECT_EQ(status_line(answered(another(silent, "4"))), "SIP/2.0 419 Puzzle Required");
}

TEST_F(Puzzles, WrongAndOldSolutionsFail) {  // SPIT-HC-02
  const crypto::Puzzle puzzle = puzzle_in(answered(call(1)));
  const crypto::Puzzle right = solved(puzzle);
  crypto::Puzzle wrong = right;
  wrong.pre[0] ^= 1;
  EXPECT_EQ(status_line(answered(again(call(1), wrong, "a"))), "SIP/2.0 603 Decline");
  wrong = right;
  wrong.image[0] ^= 1;
  EXPECT_EQ(status_line(answered(again(call(1), wrong, "b"))), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(with_line(replaced(call(1), "branch=z9hG4bK", "branch=z9hG4bKc"), "Puzzle: work=0"))),
            "SIP/2.0 603 Decline");
  harness_.clock().set(kTestNow + 2 * 60);
  EXPECT_TRUE(delivered(again(call(1), right, "d")).starts_with("INVITE sip:voicebox"));
  harness_.clock().set(kTestNow + 4 * 60);
  EXPECT_EQ(status_line(answered(again(call(2), right, "e"))), "SIP/2.0 603 Decline");
  EXPECT_GE(harness_.counter(Counter::puzzles_failed), 4U);
  EXPECT_EQ(harness_.counter(Counter::puzzles_solved), 1U);
}

}  // namespace
}  // namespace stirline::test
