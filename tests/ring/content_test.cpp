// What the text of a message does to it on the wire (SPIT-CL-01, SPIT-MK-01): marked or refused by rules that ask for a
// score, with and without a token; encrypted and unknown text goes on.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/ring/ruled_calls.hpp"
#include "tests/support/policy/labelled_texts.hpp"
#include "tests/support/policy/trained_texts.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

constexpr std::string_view kSpam =
    "Congratulations! You have won 5000 dollars, claim your prize now at http://win.example/x";
constexpr std::string_view kHam = "Are we still meeting at 10:30 in the office? Thanks for dinner yesterday";

class JudgedTexts : public RuledCalls {
 protected:
  JudgedTexts() {
    Rule suspect = lab_rule("suspect", Handling::allow_marked);
    suspect.least_score = 60;
    rules_.operator_soft.rules = {suspect};
  }

  // Spam is what the generator says it is, of trunk "interconnect".
  void train() {
    TrainedTexts texts;
    LabelledTexts source(3);
    for (std::size_t i = 0; i < 200; ++i) {
      texts.train("tenant", source.make(Language::english, i % 2 == 0, Purpose::training).text, i % 2 == 0);
    }
    rules_.content = texts.image({}, {{lab_tables().trunks[0].name, "tenant"}});
    publish(rules_);
  }

  static std::string message(std::uint32_t number, std::string_view text, std::string_view type = "text/plain") {
    std::string request = replaced(replaced(call(number), "INVITE sip", "MESSAGE sip"), " INVITE\r\n", " MESSAGE\r\n");
    request.resize(request.find("Content-Type: "));
    return request + fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}", type, text.size(), text);
  }
};

TEST_F(JudgedTexts, SpamIsMarkedAndHamIsNot) {  // SPIT-CL-01, SPIT-MK-01
  train();
  const std::string got = delivered(message(1, kSpam));
  const std::string mark = header_line(got, "Spam-Score: ");
  EXPECT_TRUE(mark.starts_with("Spam-Score: ")) << got;
  EXPECT_NE(mark.find(";by=stirline;detail=\"content="), std::string::npos) << mark;
  EXPECT_TRUE(mark.ends_with(",statistics=0\"")) << mark;
  EXPECT_NE(got.find(kSpam), std::string::npos) << "the text itself is not touched";
  EXPECT_EQ(delivered(message(2, kHam)).find("Spam-Score"), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::content_judged), 2U);
  EXPECT_EQ(harness_.counter(Counter::rules_marked), 1U);
}

TEST_F(JudgedTexts, AUserMayRefuseSpam) {  // SPIT-CL-01, SPIT-FW-04
  train();
  Rule no = lab_rule("no", Handling::block);
  no.least_score = 80;
  rule_for(1, no);
  EXPECT_EQ(status_line(answered(message(1, kSpam))), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(another(message(1, kHam), "h")).starts_with("MESSAGE "));
  EXPECT_EQ(harness_.counter(Counter::rules_blocked), 1U);
}

TEST_F(JudgedTexts, ATokenMakesNoTextHarmless) {  // SPIT-CL-01: part of the job of a request with Identity
  train();
  const std::string outgoing = with_line(invite({.number = 1, .date = kTestNow, .attest = 'A'}),
                                         fmt::format("Subject: {}", kSpam));  // early text
  harness_.put_a(golden::build(outward(outgoing)));
  const std::string known = next_payload([&] { return harness_.get_b(); });
  ASSERT_NE(known.find("\r\nIdentity: "), std::string::npos) << known;
  EXPECT_NE(header_line(delivered(known), "Spam-Score: ").find("detail=\"content="), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::content_judged), 1U);
}

TEST_F(JudgedTexts, WhatCannotBeReadIsUnknown) {  // SPIT-CL-01: encrypted, binary, encoded
  train();
  for (const std::string_view type :
       {"application/pkcs7-mime", "application/octet-stream", "text/plain;charset=utf-16"}) {
    EXPECT_EQ(delivered(another(message(1, kSpam, type), fmt::format("{}", type.size()))).find("Spam-Score"),
              std::string::npos)
        << type;
  }
  EXPECT_EQ(harness_.counter(Counter::content_unknown), 3U);
  EXPECT_EQ(harness_.counter(Counter::content_judged), 0U);
}

TEST_F(JudgedTexts, NobodyPaysWhoHasNoCorpus) {  // SPIT-CL-01: no table, or none for this trunk
  publish(rules_);
  EXPECT_EQ(delivered(message(1, kSpam)).find("Spam-Score"), std::string::npos);
  TrainedTexts texts;
  texts.train("tenant", kSpam, true);
  rules_.content = texts.image({}, {{"another", "tenant"}});
  publish(rules_);
  EXPECT_EQ(delivered(message(2, kSpam)).find("Spam-Score"), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::content_judged) + harness_.counter(Counter::content_unknown), 0U);
}

TEST_F(JudgedTexts, ManyNearCopiesAreSuspectWithoutTraining) {  // SPIT-CL-01: near-duplicates
  TrainedTexts texts;
  texts.train("tenant", kHam, false);
  rules_.content = texts.image({.bulk_from = 5, .bulk_points = 70}, {{lab_tables().trunks[0].name, "tenant"}});
  publish(rules_);
  for (std::uint32_t i = 1; i <= 6; ++i) {
    const std::string text =
        fmt::format("Dear customer {}, your parcel {} waits, pay the fee of {} today", i, 100 + i, i);
    const bool is_marked = delivered(message(i, text)).find("Spam-Score: 70;") != std::string::npos;
    EXPECT_EQ(is_marked, i >= 5) << i;
  }
}

// A text that waits for its crypto core keeps its place: what comes behind it does not overtake it, copies are not sent
// twice.
TEST_F(JudgedTexts, ACopyOfAWaitingTextIsNoOtherText) {  // SPIT-CL-01, INL-UDP-04
  train();
  send(message(1, kSpam));
  send(message(1, kSpam));
  const std::string first = next_payload([&] { return harness_.get_a(); });
  EXPECT_NE(first.find("Spam-Score"), std::string::npos);
  EXPECT_TRUE(harness_.settle());
  EXPECT_GE(harness_.counter(Counter::content_judged), 1U);
}

}  // namespace
}  // namespace stirline::test
