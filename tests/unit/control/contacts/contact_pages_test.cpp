// Contacts over HTTPS: a user sees whom his calls have made one, and takes that back (SPIT-FW-04, SPIT-FW-07); whom a
// web site has announced to him is one for so many days (SPIT-FW-12).
#include "control/contacts/contact_pages.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/policy/call_list_keeper.hpp"

namespace stirline::control::contact_pages_test {
namespace {

using config::policy::List;
using policy::ListEntry;
using policy::SubjectKind;

const std::string kBob = "sip:bob@example.com";
const std::string kBobs = "/contacts/users/sip:bob@example.com";

class ContactsOverHttps : public ::testing::Test {
 protected:
  static std::unique_ptr<policy::ListStore> store() {
    auto store = policy::open_list_store({}).value();
    const auto entry = [](const std::string& owner, SubjectKind kind, const std::string& subject,
                          std::string_view origin) {
      return ListEntry{.owner = owner,
                       .list = List::white,
                       .kind = kind,
                       .subject = subject,
                       .until = origin == policy::kLearned ? std::optional(std::int64_t{1'795'000'000}) : std::nullopt,
                       .origin = std::string(origin)};
    };
    const auto done = store->change([&](const policy::ListStore::Put& put) -> policy::ListStore::Done {
      for (const ListEntry& each : {entry(kBob, SubjectKind::number, "12025550123", policy::kLearned),
                                    entry(kBob, SubjectKind::uri, "sip:alice@example.org", policy::kLearned),
                                    entry(kBob, SubjectKind::uri, "sip:carol@example.org", "address-book"),
                                    entry("tel:+12155550121", SubjectKind::number, "12025550123", policy::kLearned)}) {
        if (auto put_in = put(each); !put_in) {
          return put_in;
        }
      }
      return {};
    });
    EXPECT_TRUE(done) << done.error();
    return store;
  }
  XcapAnswer ask(const std::string& user, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
    return pages_.answer({method, target, body}, user);
  }
  XcapAnswer announce(const std::string& body) { return ask(kBob, "POST", kBobs, body); }
  // Of Bob's.
  std::size_t contacts() { return nlohmann::json::parse(ask(kBob, "GET", kBobs).body).at("contacts").size(); }

  static constexpr std::int64_t kNow = 1'790'000'000;
  ContactPages pages_{{.root = "/", .most_contacts = 6, .now = [] { return kNow; }}, store()};
};

TEST_F(ContactsOverHttps, BobSeesWhereTheyComeFrom) {
  const XcapAnswer listed = ask(kBob, "GET", kBobs);
  EXPECT_EQ(listed.status, 200U);
  EXPECT_EQ(listed.content_type, "application/json");
  EXPECT_EQ(
      listed.body,
      R"({"contacts":[{"contact":"12025550123","list":"white","origin":"outbound","until":1795000000},)"
      R"({"contact":"sip:alice@example.org","list":"white","origin":"outbound","until":1795000000},)"
      R"({"contact":"sip:carol@example.org","list":"white","origin":"address-book","until":null}],"complete":true})"
      "\n");
}

TEST_F(ContactsOverHttps, BobTakesBackWhatCameByItself) {  // SPIT-FW-04
  EXPECT_EQ(ask(kBob, "DELETE", kBobs).status, 204U);
  const auto left = nlohmann::json::parse(ask(kBob, "GET", kBobs).body).at("contacts");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].at("origin"), "address-book") << "what somebody has entered stays";
  EXPECT_EQ(ask(kBob, "DELETE", kBobs).status, 404U);
  EXPECT_EQ(nlohmann::json::parse(ask("tel:+12155550121", "GET", "/contacts/users/tel:+12155550121").body)
                .at("contacts")
                .size(),
            1U)
      << "nor are others touched";
}

TEST_F(ContactsOverHttps, OneByOneHoweverItIsWritten) {
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/tel:+1-202-555-0123").status, 204U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/tel:+12025550123").status, 404U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/sip%3Acarol%40EXAMPLE.org").status, 204U) << "one that he has entered, too";
  EXPECT_EQ(contacts(), 1U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/").status, 404U);
  EXPECT_EQ(contacts(), 1U);
}

const std::string kAnnounced =
    R"({"correspondence-uris": "<sip:news@airline.example>, <tel:+1-303-555-0199>, <mailto:desk@airline.example>",)"
    R"( "days": 14, "site": "https://www.airline.example"})";

TEST_F(ContactsOverHttps, WhoWasAnnouncedIsExpectedForSoLong) {  // SPIT-FW-12
  const XcapAnswer taken = announce(kAnnounced);
  EXPECT_EQ(taken.status, 200U) << taken.body;
  EXPECT_EQ(taken.body, "{\"announced\":2,\"taken\":2,\"until\":1791209600}\n");
  const std::string list = ask(kBob, "GET", kBobs).body;
  EXPECT_NE(list.find(R"({"contact":"13035550199","list":"white","origin":"correspondence","until":1791209600,)"
                      R"("note":"https://www.airline.example"})"),
            std::string::npos)
      << list;
  EXPECT_NE(list.find(R"({"contact":"sip:news@airline.example","list":"white","origin":"correspondence")"),
            std::string::npos)
      << list;
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/sip:news@airline.example").status, 204U) << "and is taken back at any time";
}

TEST_F(ContactsOverHttps, WhatIsThereAlreadyLastsAsLongAsItDid) {
  const auto known = announce(R"({"correspondence-uris": "<sip:carol@example.org>, <tel:+12025550123>", "days": 1})");
  EXPECT_EQ(known.body, "{\"announced\":2,\"taken\":0,\"until\":1790086400}\n");
  const auto listed = ask(kBob, "GET", kBobs).body;
  EXPECT_EQ(listed.find("correspondence"), std::string::npos) << listed;
  EXPECT_EQ(announce(kAnnounced).status, 200U);
  EXPECT_NE(announce(R"({"correspondence-uris": "<sip:news@airline.example>", "days": 7})").body.find("\"taken\":0"),
            std::string::npos);
  EXPECT_NE(announce(R"({"correspondence-uris": "<sip:news@airline.example>", "days": 21})").body.find("\"taken\":1"),
            std::string::npos);
}

TEST_F(ContactsOverHttps, NobodyHasMoreOfThemThanHisShare) {
  std::string uris = "<sip:a1@airline.example>";
  for (int i = 2; i <= 100; ++i) {
    uris += ",<sip:a" + std::to_string(i) + "@airline.example>";
  }
  EXPECT_NE(announce(R"({"correspondence-uris": ")" + uris + "\"}").body.find("\"announced\":100,\"taken\":3,"),
            std::string::npos);
  EXPECT_EQ(contacts(), 6U);
  EXPECT_EQ(announce(R"({"correspondence-uris": ")" + uris + ",<sip:a101@airline.example>\"}").status, 400U);
}

TEST_F(ContactsOverHttps, AnnouncementsThatAreNotTaken) {
  for (const char* bad :
       {"", "[]", "{}", R"({"correspondence-uris": 7})", R"({"correspondence-uris": ""})",
        R"({"correspondence-uris": "sip:a@example.net"})", R"({"correspondence-uris": "<sip:a@example.net>,"})",
        R"({"correspondence-uris": "<sip:a@example.net> <sip:b@example.net>"})",
        R"({"correspondence-uris": "<sip:a@example.net"})", R"({"correspondence-uris": "<>"})",
        R"({"correspondence-uris": "<tel:5550123>"})",
        R"({"correspondence-uris": "<sip:5550123@example.net;user=phone>"})",
        R"({"correspondence-uris": "<mailto:a@example.net>"})",
        R"({"correspondence-uris": "<sip:a@example.net>", "days": 0})",
        R"({"correspondence-uris": "<sip:a@example.net>", "days": 367})",
        R"({"correspondence-uris": "<sip:a@example.net>", "days": "7"})",
        R"({"correspondence-uris": "<sip:a@example.net>", "site": "a shop"})",
        R"({"correspondence-uris": "<sip:a@example.net>", "site": 7})",
        R"({"correspondence-uris": "<sip:a@example.net>", "until": 7})"}) {
    const XcapAnswer refused = announce(bad);
    EXPECT_EQ(refused.status, 400U) << bad;
    EXPECT_NE(refused.body.find("error"), std::string::npos) << bad;
  }
  EXPECT_EQ(contacts(), 3U);
}

TEST_F(ContactsOverHttps, NobodyElseDoes) {
  for (const char* method : {"GET", "DELETE"}) {
    EXPECT_EQ(ask("sip:eve@example.net", method, kBobs).status, 403U);
    EXPECT_EQ(ask(kBob, method, "/contacts/users/tel:+12155550121").status, 403U);
  }
  EXPECT_EQ(ask("sip:eve@example.net", "DELETE", kBobs + "/tel:+12025550123").status, 403U);
  EXPECT_EQ(ask("sip:eve@example.net", "POST", kBobs, kAnnounced).status, 403U) << "nobody announces himself to others";
  EXPECT_EQ(contacts(), 3U);
}

TEST_F(ContactsOverHttps, MethodsAndMistakes) {
  EXPECT_EQ(ask(kBob, "PUT", kBobs).allow, "GET, POST, DELETE");
  EXPECT_EQ(ask(kBob, "POST", kBobs + "/tel:+12025550123").allow, "DELETE");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "/tel:+12025550123").allow, "DELETE");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "%4").status, 400U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/%zz").status, 400U);
  EXPECT_EQ(ask("bob", "GET", "/contacts/users/bob").status, 404U) << "nobody can call a name without a domain";
  EXPECT_TRUE(pages_.serves(kBobs));
  EXPECT_FALSE(pages_.serves("/contacts"));
  EXPECT_FALSE(ContactPages({.root = "/xcap/"}, store()).serves(kBobs));
}

}  // namespace
}  // namespace stirline::control::contact_pages_test
