// Notices over HTTPS and by the operator's command: who may see what (SPIT-PL-03, SPIT-FW-04).
#include "control/notices/notice_pages.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/notices/notice_command.hpp"

namespace stirline::control::notice_pages_test {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;
const std::string kBob = "sip:bob@example.com";
const std::string kBobs = "/notices/users/sip:bob@example.com";

class NoticesOverHttps : public ::testing::Test {
 protected:
  NoticesOverHttps() {
    const Notice notice{.user = kBob,
                        .caller = "12025550001",
                        .known = true,
                        .method = "INVITE",
                        .deed = NoticeDeed::answered,
                        .status = 603,
                        .rule = "user:r5",
                        .at = kNow};
    desk_->take({&notice, 1});
  }
  XcapAnswer ask(const std::string& user, const std::string& method, const std::string& target) {
    return pages_.answer({method, target, {}}, user);
  }

  std::unique_ptr<NoticeDesk> desk_ = NoticeDesk::open({}, [] { return kNow; }).value();
  NoticePages pages_{"/", *desk_};
};

TEST_F(NoticesOverHttps, BobReadsAndRemovesHis) {
  const XcapAnswer listed = ask(kBob, "GET", kBobs);
  EXPECT_EQ(listed.status, 200U);
  EXPECT_EQ(listed.content_type, "application/json");
  EXPECT_EQ(listed.body, R"({"notices":[{"at":1795000000,"caller":"12025550001","known":true,"method":"INVITE",)"
                         R"("done":"answered","status":603,"rule":"user:r5"}]})"
                         "\n");
  EXPECT_EQ(ask(kBob, "GET", "/notices/users/sip%3Abob%40example.com").body, listed.body);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs).status, 204U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs).status, 404U);
  EXPECT_EQ(ask(kBob, "GET", kBobs).body, "{\"notices\":[]}\n");
}

TEST_F(NoticesOverHttps, NobodyElseDoes) {
  EXPECT_EQ(ask("sip:eve@example.net", "GET", kBobs).status, 403U);
  EXPECT_EQ(ask("sip:eve@example.net", "DELETE", kBobs).status, 403U);
  EXPECT_EQ(ask(kBob, "GET", "/notices/users/sip:eve@example.net").status, 403U);
  EXPECT_EQ(desk_->list(kBob).value().size(), 1U);
}

TEST_F(NoticesOverHttps, MethodsAndMistakes) {
  EXPECT_EQ(ask(kBob, "POST", kBobs).allow, "GET, DELETE");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "%4").status, 400U);
  EXPECT_EQ(ask(kBob, "GET", kBobs + "/").status, 403U);
  EXPECT_EQ(ask("bob", "GET", "/notices/users/bob").status, 404U) << "nobody can call a name without a domain";
  EXPECT_TRUE(pages_.serves(kBobs));
  EXPECT_FALSE(pages_.serves("/notices"));
  EXPECT_FALSE(pages_.serves("/feedback"));
  EXPECT_FALSE(NoticePages("/xcap/", *desk_).serves(kBobs));
  EXPECT_TRUE(NoticePages("/xcap/", *desk_).serves("/xcap" + kBobs));
}

TEST_F(NoticesOverHttps, TextsOfStrangersAreQuoted) {
  const Notice odd{.user = kBob, .caller = "\"<\xff\n", .at = kNow};
  desk_->take({&odd, 1});
  const auto page = nlohmann::json::parse(ask(kBob, "GET", kBobs).body);
  EXPECT_EQ(page["notices"][0]["caller"], "\"<\xef\xbf\xbd\n");
}

TEST_F(NoticesOverHttps, TheOperatorReads) {
  const auto answer = answer_notices_command(R"({"user":"sip:bob@example.com"})", desk_.get());
  EXPECT_EQ(answer["result"], "ok");
  EXPECT_EQ(answer["user"], kBob);
  EXPECT_EQ(answer["notices"][0]["status"], 603);
  for (const char* bad : {"", "[]", "{}", R"({"user":"bob"})", R"({"user":"sip:bob@example.com","do":"undo"})"}) {
    EXPECT_EQ(answer_notices_command(bad, desk_.get())["result"], "refused") << bad;
  }
  EXPECT_EQ(answer_notices_command(R"({"user":"sip:bob@example.com"})", nullptr)["result"], "refused");
}

}  // namespace
}  // namespace stirline::control::notice_pages_test
