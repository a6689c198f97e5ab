// Contacts over HTTPS: a user sees whom his calls have made one, and takes that back (SPIT-FW-04, SPIT-FW-07).
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
  XcapAnswer ask(const std::string& user, const std::string& method, const std::string& target) {
    return pages_.answer({method, target, {}}, user);
  }
  // Of Bob's.
  std::size_t contacts() { return nlohmann::json::parse(ask(kBob, "GET", kBobs).body).at("contacts").size(); }

  ContactPages pages_{"/", store()};
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

TEST_F(ContactsOverHttps, NobodyElseDoes) {
  for (const char* method : {"GET", "DELETE"}) {
    EXPECT_EQ(ask("sip:eve@example.net", method, kBobs).status, 403U);
    EXPECT_EQ(ask(kBob, method, "/contacts/users/tel:+12155550121").status, 403U);
  }
  EXPECT_EQ(ask("sip:eve@example.net", "DELETE", kBobs + "/tel:+12025550123").status, 403U);
  EXPECT_EQ(contacts(), 3U);
}

TEST_F(ContactsOverHttps, MethodsAndMistakes) {
  EXPECT_EQ(ask(kBob, "POST", kBobs).allow, "GET, DELETE");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "/tel:+12025550123").allow, "DELETE");
  EXPECT_EQ(ask(kBob, "GET", kBobs + "%4").status, 400U);
  EXPECT_EQ(ask(kBob, "DELETE", kBobs + "/%zz").status, 400U);
  EXPECT_EQ(ask("bob", "GET", "/contacts/users/bob").status, 404U) << "nobody can call a name without a domain";
  EXPECT_TRUE(pages_.serves(kBobs));
  EXPECT_FALSE(pages_.serves("/contacts"));
  EXPECT_FALSE(ContactPages("/xcap/", store()).serves(kBobs));
}

}  // namespace
}  // namespace stirline::control::contact_pages_test
