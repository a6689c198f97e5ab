// [trunk.answer]: what a trunk answers itself (INL-TX-04, STIR-VS-14, STIR-BL-03, STIR-BL-05, STIR-BL-06).
#include "config/answer_config.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace stirline::config::answer_config_test {
namespace {

using tables::Answer;
using tables::AnswerPolicy;

struct Loaded {
  AnswerPolicy policy;
  ConfigErrors errors;
};

Loaded load(const std::string& options) {
  TomlFile file("t.toml", "[answer]\n" + options);
  Section section = file.root().table("answer");
  Loaded loaded;
  read_answers(section, loaded.policy);
  file.report_unknown();
  loaded.errors = file.take_errors();
  return loaded;
}

TEST(AnswerConfig, SaysNothingByItself) {
  const Loaded loaded = load("");
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_EQ(loaded.policy, AnswerPolicy());
  EXPECT_FALSE(loaded.policy.any());
}

TEST(AnswerConfig, EveryOption) {
  const Loaded loaded = load(R"(
no_identity = "428"
invalid = "stir"
replayed = "608"
malformed = "400"
overload = "503"
over_limit = "503"
wrong_sender = "403"
by_rule = "607"
privacy = "500"
unannounced = "302"
retry_after = 7
polite_ring_seconds = 9
redirect_to = "sip:why@announce.example.net"
rejection_card = "https://card.example.net/who"
block_text = "v=analytics1"
)");
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_EQ(loaded.policy, (AnswerPolicy{.no_identity = Answer::use_identity,
                                         .invalid = Answer::stir,
                                         .replayed = Answer::rejected,
                                         .malformed = Answer::bad_request,
                                         .overload = Answer::overloaded,
                                         .over_limit = Answer::overloaded,
                                         .wrong_sender = Answer::inappropriate,
                                         .by_rule = Answer::unwanted,
                                         .privacy = Answer::server_error,
                                         .unannounced = Answer::redirected,
                                         .retry_after = 7,
                                         .ring_seconds = 9,
                                         .redirect_to = "sip:why@announce.example.net",
                                         .rejection_card = "https://card.example.net/who",
                                         .block_text = "v=analytics1"}));
  EXPECT_TRUE(loaded.policy.any());
}

// Each case has its own answers; what no case gives is no word of the file.
TEST(AnswerConfig, OtherAnswersAreMistakes) {
  for (const std::string wrong :
       {"no_identity = \"stir\"", "invalid = \"428\"", "invalid = \"\"", "invalid = \"487\"", "malformed = \"603\"",
        "overload = \"480\"", "over_limit = \"drop\"", "privacy = \"503\"", "wrong_sender = \"428+\"",
        "by_rule = \"forward\"", "unannounced = \"forward\"", "retry_after = 3601", "polite_ring_seconds = 61",
        "redirect_to = \"http://example.net\"", "redirect_to = \"sip:a@b>\"", "rejection_card = \"http://a.example\"",
        "block_text = \"a\\\"b\"", "block_text = \"a\\r\\nb\"", "blocked = \"603\""}) {
    EXPECT_EQ(load(wrong).errors.size(), 1U) << wrong;
  }
}

TEST(AnswerConfig, ARedirectionNeedsItsPlace) {
  EXPECT_EQ(load("no_identity = \"302\"").errors.size(), 1U);
  EXPECT_EQ(load("invalid = \"608\"\nunannounced = \"302\"").errors.size(), 1U);
  EXPECT_TRUE(load("unannounced = \"302\"").errors.empty());  // nothing is rejected
  EXPECT_TRUE(load("invalid = \"302\"\nredirect_to = \"tel:+12155550100\"").errors.empty());
}

TEST(Answers, OfAReasonHaveItsCode) {
  for (const std::uint16_t code : std::to_array<std::uint16_t>({403, 428, 436, 437, 438})) {
    EXPECT_EQ(facts(tables::answer_of_code(code)).status, code);
  }
  EXPECT_EQ(facts(tables::answer_of_code(403)).phrase, "Stale Date");
  EXPECT_EQ(tables::answer_of_code(0), Answer::forward);
  EXPECT_EQ(tables::answer_of_code(480), Answer::forward);
}

}  // namespace
}  // namespace stirline::config::answer_config_test
