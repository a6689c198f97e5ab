// Permissions over HTTPS: requests taken apart, and who may do what (SPIT-CO-01, SPIT-CO-07, SPIT-PY-02).
#include "control/permissions/permission_pages.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stirline::control::permission_pages_test {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kNow = 1'795'000'000;
const std::string kBob = "sip:bob@example.com";
const std::string kEve = "sip:eve@example.net";
const std::string kBobs = "/consent/users/sip:bob@example.com";

class Pages : public ::testing::Test {
 protected:
  XcapAnswer ask(const std::string& user, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
    return pages_.answer({method, target, body}, user);
  }

  std::unique_ptr<PermissionDesk> desk_ = PermissionDesk::open({}, [] { return kNow; }).value();
  PermissionPages pages_{{.root = "/", .administrators = {"sip:admin@example.com"}, .testers = {"sip:ivr@example.com"}},
                         *desk_};
};

TEST_F(Pages, BobSeesWhoAsksAndGrantsAndForgets) {  // SPIT-CO-01
  desk_->ask(kBob, "12025550001", "verified-A");
  const XcapAnswer listed = ask(kBob, "GET", kBobs);
  EXPECT_EQ(listed.status, 200U);
  EXPECT_EQ(listed.content_type, "application/json");
  EXPECT_EQ(listed.body,
            R"({"permissions":[{"caller":"12025550001","kind":"consent","state":"pending","verdict":"verified-A",)"
            R"("origin":"","asked":1795000000,"until":1795604800}]})"
            "\n");
  EXPECT_EQ(ask(kBob, "PUT", kBobs + "/tel:+12025550001", R"({"state":"granted","days":30})").status, 204U);
  const Json granted = Json::parse(ask(kBob, "GET", kBobs).body)["permissions"][0];
  EXPECT_EQ(granted["state"], "granted");
  EXPECT_EQ(granted["origin"], kBob);
  EXPECT_EQ(granted["until"], kNow + 30 * 86'400);
  EXPECT_EQ(ask(kBob, "PUT", kBobs + "/%2b12025550001", R"({"state":"denied"})").status, 204U) << "the same caller";
  EXPECT_EQ(Json::parse(ask(kBob, "GET", kBobs).body)["permissions"].size(), 1U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/tel:+12025550001").status, 204U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/tel:+12025550001").status, 404U);
}

TEST_F(Pages, AForgedGrantIsRefused) {  // SPIT-CO-07
  EXPECT_EQ(ask(kEve, "PUT", kBobs + "/sip:eve@example.net", R"({"state":"granted"})").status, 403U);
  EXPECT_EQ(ask(kEve, "GET", kBobs).status, 403U);
  EXPECT_EQ(ask(kEve, "DELETE", kBobs + "/sip:eve@example.net").status, 403U);
  EXPECT_EQ(ask("sip:ivr@example.com", "GET", kBobs).status, 403U) << "who tests is no administrator";
  EXPECT_TRUE(desk_->list(kBob).value().empty());
  EXPECT_EQ(ask("sip:admin@example.com", "PUT", kBobs + "/sip:eve@example.net", R"({"state":"granted"})").status, 204U);
}

TEST_F(Pages, TheTestReportsItsResult) {  // SPIT-PY-02
  const std::string body =
      R"({"call-id":"a84b4c","caller":"tel:+12025550001","called":"sip:bob@example.com","ok":true})";
  EXPECT_EQ(ask("sip:ivr@example.com", "POST", "/turing", body).status, 404U) << "no such call was sent there";
  desk_->expect_test("a84b4c", kBob, "12025550001");
  EXPECT_EQ(ask(kBob, "POST", "/turing", body).status, 403U);
  EXPECT_EQ(ask("sip:admin@example.com", "POST", "/turing", body).status, 403U);
  EXPECT_EQ(ask("sip:ivr@example.com", "PUT", "/turing", body).status, 405U);
  EXPECT_EQ(ask("sip:ivr@example.com", "POST", "/turing", body).status, 204U);
  EXPECT_EQ(desk_->list(kBob).value().front().origin, "sip:ivr@example.com");
  EXPECT_EQ(ask("sip:ivr@example.com", "POST", "/turing", body).status, 404U) << "once";
}

TEST_F(Pages, MethodsOfEachTarget) {
  EXPECT_EQ(ask(kBob, "POST", kBobs).allow, "GET");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "/sip:eve@example.net").allow, "PUT, DELETE");
  EXPECT_EQ(ask(kBob, "PUT", kBobs + "/nobody", R"({"state":"granted"})").status, 400U);
  EXPECT_EQ(ask(kBob, "PUT", kBobs + "/sip:eve@example.net", R"({"state":"pending"})").status, 400U);
  EXPECT_EQ(ask("bob", "GET", "/consent/users/bob").status, 404U) << "nobody can call a name without a domain";
}

TEST(PermissionRequests, Targets) {
  const auto kind = [](std::string_view target, std::string_view root = "/") {
    const auto read = read_permission_target(target, root);
    return !read                                             ? "other"
           : !*read                                          ? "malformed"
           : (*read)->kind == PermissionTarget::Kind::user   ? "user"
           : (*read)->kind == PermissionTarget::Kind::caller ? "caller"
                                                             : "test";
  };
  EXPECT_EQ(kind("/turing"), "test");
  EXPECT_EQ(kind("/xcap/turing", "/xcap/"), "test");
  EXPECT_EQ(kind("/turing", "/xcap/"), "other");
  EXPECT_EQ(kind("/turing/"), "other");
  EXPECT_EQ(kind("/spit-policy/users/sip:bob@example.com/index"), "other");
  EXPECT_EQ(kind("/consent/users/sip:bob@example.com"), "user");
  EXPECT_EQ(kind("/consent/users/sip%3abob%40example.com"), "user");
  EXPECT_EQ(kind("/consent/users/sip:bob@example.com/tel:+12025550001"), "caller");
  for (const char* bad : {"/consent/users/", "/consent/users/%", "/consent/users/%4", "/consent/users/%zz",
                          "/consent/users/%00", "/consent/users/a%0d", "/consent/users/a b", "/consent/users/a/",
                          "/consent/users/a//", "/consent/users/a/b/c", "/consent/users/a/%20"}) {
    EXPECT_EQ(kind(bad), "malformed") << bad;
  }
  EXPECT_EQ(kind("/consent/users/" + std::string(513, 'a')), "malformed");
  EXPECT_EQ(read_permission_target("/consent/users/sip%3abob%40example.com/%2B1", "/")->value().user, kBob);
}

TEST(PermissionRequests, Answers) {
  EXPECT_EQ(read_permission_answer(R"({"state":"granted"})")->seconds, 0);
  EXPECT_EQ(read_permission_answer(R"({"state":"denied","days":1})")->seconds, 86'400);
  for (const char* bad :
       {"", "granted", "[]", "{}", R"({"state":"pending"})", R"({"state":1})", R"({"state":"granted","days":0})",
        R"({"state":"granted","days":-1})", R"({"state":"granted","days":3651})", R"({"state":"granted","days":1.5})",
        R"({"state":"granted","days":"1"})", R"({"state":"granted","days":18446744073709551616})",
        R"({"state":"granted","more":1})"}) {
    EXPECT_FALSE(read_permission_answer(bad)) << bad;
  }
  EXPECT_FALSE(read_permission_answer(R"({"state":"granted"})" + std::string(kMaxPermissionBody, ' ')));
  EXPECT_FALSE(read_permission_answer(std::string(kMaxPermissionBody, '['))) << "deep, and no object";
}

TEST(PermissionRequests, TestResults) {
  const auto result =
      read_test_result(R"({"call-id":"x","caller":"+1 202 555 0001","called":"sip:Bob@EXAMPLE.com","ok":false})");
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->caller, "12025550001");
  EXPECT_EQ(result->called, kBob);
  EXPECT_FALSE(result->passed);
  for (const char* bad : {"{}", R"({"call-id":"x","caller":"+12025550001","called":"sip:bob@example.com"})",
                          R"({"call-id":"","caller":"+12025550001","called":"sip:bob@example.com","ok":true})",
                          R"({"call-id":"x","caller":"eve","called":"sip:bob@example.com","ok":true})",
                          R"({"call-id":"x","caller":"+12025550001","called":"","ok":true})",
                          R"({"call-id":"x","caller":"+12025550001","called":"sip:bob@example.com","ok":"yes"})",
                          R"({"call-id":"x","caller":"+12025550001","called":"sip:bob@example.com","ok":1})"}) {
    EXPECT_FALSE(read_test_result(bad)) << bad;
  }
  EXPECT_FALSE(read_test_result(R"({"call-id":")" + std::string(256, 'x') +
                                R"(","caller":"+12025550001","called":"sip:bob@example.com","ok":true})"));
}

}  // namespace
}  // namespace stirline::control::permission_pages_test
