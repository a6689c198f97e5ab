// Feedback over HTTPS and by the operator's command: requests taken apart, and who may do what (SPIT-MK-03,
// SPIT-FW-04).
#include "control/feedback/feedback_pages.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/feedback/feedback_command.hpp"
#include "control/feedback/feedback_requests.hpp"

namespace stirline::control::feedback_pages_test {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kNow = 1'795'000'000;
const std::string kBob = "sip:bob@example.com";
const std::string kReport = R"({"from": "tel:+1-202-555-0001", "verdict": "unwanted"})";

class FeedbackOverHttps : public ::testing::Test {
 protected:
  FeedbackOverHttps() {
    desk_->note_call({.called = kBob, .caller = "12025550001", .trunk = "carrier", .call_id = "a84b4c", .at = kNow});
  }
  XcapAnswer ask(const std::string& user, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
    return pages_.answer({method, target, body}, user);
  }

  std::unique_ptr<FeedbackDesk> desk_ = FeedbackDesk::open({}, [] { return kNow; }).value();
  FeedbackPages pages_{"/", *desk_};
};

TEST_F(FeedbackOverHttps, BobReportsSeesAndForgets) {  // SPIT-MK-03, SPIT-FW-04
  EXPECT_EQ(ask(kBob, "POST", "/feedback", kReport).status, 204U);
  EXPECT_EQ(ask(kBob, "POST", "/feedback", kReport).status, 409U) << "once a day";
  EXPECT_EQ(ask("sip:eve@example.net", "POST", "/feedback", kReport).status, 404U) << "she got no such call";
  const XcapAnswer listed = ask(kBob, "GET", "/feedback");
  EXPECT_EQ(listed.content_type, "application/json");
  EXPECT_EQ(listed.body, R"({"feedback":[{"caller":"12025550001","verdict":"unwanted","outcome":"open","weight":0.25,)"
                         R"("shown":false,"trunk":"carrier","at":1795000000}]})"
                         "\n");
  EXPECT_EQ(ask("sip:eve@example.net", "GET", "/feedback").body, "{\"feedback\":[]}\n");
  EXPECT_EQ(ask(kBob, "DELETE", "/feedback/sip:somebody@example.net").status, 404U);
  EXPECT_EQ(ask(kBob, "DELETE", "/feedback/%2b12025550001").status, 204U);
  EXPECT_EQ(ask(kBob, "DELETE", "/feedback").status, 404U) << "nothing is left";
}

TEST_F(FeedbackOverHttps, MethodsAndMistakes) {
  EXPECT_EQ(ask(kBob, "PUT", "/feedback", kReport).allow, "GET, POST, DELETE");
  EXPECT_EQ(ask(kBob, "GET", "/feedback/tel:+12025550001").allow, "DELETE");
  EXPECT_EQ(ask(kBob, "POST", "/feedback", "{}").status, 400U);
  EXPECT_EQ(ask(kBob, "DELETE", "/feedback/nobody").status, 400U);
  EXPECT_EQ(ask(kBob, "DELETE", "/feedback/").status, 400U);
  EXPECT_EQ(ask("bob", "POST", "/feedback", kReport).status, 404U) << "nobody can call a name without a domain";
  EXPECT_TRUE(pages_.serves("/feedback"));
  EXPECT_FALSE(pages_.serves("/feedbacks"));
  EXPECT_FALSE(pages_.serves("/spit-policy/users/sip:bob@example.com/index"));
  EXPECT_FALSE(FeedbackPages("/xcap/", *desk_).serves("/feedback"));
  EXPECT_TRUE(FeedbackPages("/xcap/", *desk_).serves("/xcap/feedback"));
}

TEST(FeedbackRequests, Bodies) {
  const auto report =
      read_feedback(R"({"from":"sip:Eve@EXAMPLE.net","verdict":"wanted","at":1795000000,"call-id":"x@y"})");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->verdict, FeedbackVerdict::wanted);
  EXPECT_EQ(report->call_at, kNow);
  EXPECT_EQ(report->call_id, "x@y");
  for (const char* bad :
       {"", "[]", R"({"from":"tel:+12025550001"})", R"({"verdict":"unwanted"})",
        R"({"from":"nobody","verdict":"unwanted"})", R"({"from":"tel:+12025550001","verdict":"spam"})",
        R"({"from":"tel:+12025550001","verdict":"unwanted","at":-1})",
        R"({"from":"tel:+12025550001","verdict":"unwanted","at":4294967296})",
        R"({"from":"tel:+12025550001","verdict":"unwanted","at":"now"})",
        R"({"from":"tel:+12025550001","verdict":"unwanted","call-id":""})",
        R"({"from":"tel:+12025550001","verdict":"unwanted","more":1})"}) {
    EXPECT_FALSE(read_feedback(bad)) << bad;
  }
  EXPECT_FALSE(read_feedback(kReport + std::string(kMaxFeedbackBody, ' ')));
}

TEST_F(FeedbackOverHttps, TheOperatorShowsAndUndoes) {  // SPIT-FW-04
  const auto command = [&](const Json& question) {
    return answer_feedback_command(question.dump(), desk_.get()).at("result").get<std::string>();
  };
  EXPECT_EQ(ask(kBob, "POST", "/feedback", kReport).status, 204U);
  const auto shown = answer_feedback_command(Json{{"do", "show"}, {"user", kBob}, {"caller", ""}}.dump(), desk_.get());
  EXPECT_EQ(shown.at("feedback").at(0).at("caller"), "12025550001");
  EXPECT_EQ(command({{"do", "undo"}, {"user", kBob}, {"caller", "nobody"}}), "refused");
  EXPECT_EQ(command({{"do", "undo"}, {"user", kBob}, {"caller", "+12025550001"}}), "ok");
  EXPECT_EQ(command({{"do", "undo"}, {"user", kBob}}), "refused") << "nothing is left";
  EXPECT_EQ(command({{"do", "show"}, {"user", "nobody"}}), "refused");
  EXPECT_EQ(command({{"do", "forge"}, {"user", kBob}}), "refused");
  EXPECT_EQ(answer_feedback_command("{}", nullptr).at("result"), "refused");
  EXPECT_EQ(answer_feedback_command("{", desk_.get()).at("result"), "refused");
}

}  // namespace
}  // namespace stirline::control::feedback_pages_test
