// SPIT-XC-01 to -07, -10: the four methods on documents and their parts; the exchanges of the standard's vectors.
#include "control/xcap/xcap_operations.hpp"

#include <gtest/gtest.h>

#include "tests/unit/control/xcap/xcap_world.hpp"

namespace stirline::control::xcap_operations_test {
namespace {

using test::kBob;
using test::kBobsRules;
using test::kListsType;
using test::kPolicyType;
using test::XcapWorld;

class XcapOperationsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(world_.put(std::string(kBob), kPolicyType, kBobsRules).status, 201U); }

  [[nodiscard]] std::string tag() { return world_.get(std::string(kBob)).etag; }
  [[nodiscard]] std::string body() { return world_.get(std::string(kBob)).body; }
  static std::string in(std::string_view selector) { return XcapWorld::in(selector); }

  XcapWorld world_;
};

constexpr std::string_view kRule9 = "<rule id=\"r9\"><conditions><sp:anonymous>true</sp:anonymous></conditions></rule>";

// V: xml/xcap_exchanges.txt, line by line (POST and sign-in are the service's).
TEST_F(XcapOperationsTest, TheExchangesOfTheVectors) {
  const XcapAnswer capabilities = world_.get("/xcap-caps/global/index");
  EXPECT_EQ(capabilities.status, 200U);
  EXPECT_EQ(capabilities.content_type, "application/xcap-caps+xml");
  EXPECT_FALSE(capabilities.etag.empty());

  const XcapAnswer again = world_.put(std::string(kBob), kPolicyType, kBobsRules);
  EXPECT_EQ(again.status, 200U) << "201 when it was new";
  EXPECT_FALSE(again.etag.empty());

  const XcapAnswer rule = world_.get(in("ruleset/rule%5b@id=%22r2%22%5d"));
  EXPECT_EQ(rule.status, 200U);
  EXPECT_EQ(rule.content_type, "application/xcap-el+xml");
  EXPECT_TRUE(rule.body.starts_with("<rule id=\"r2\"><conditions>")) << rule.body;
  EXPECT_EQ(rule.etag, again.etag) << "all resources of a document share its tag";

  EXPECT_EQ(world_.put_element(in("ruleset/rule%5b@id=%22r9%22%5d"), kRule9).status, 201U);
  EXPECT_EQ(world_.put_element(in("ruleset/rule%5b@id=%22r9%22%5d"), kRule9).status, 200U);
  EXPECT_EQ(test::reason_of(world_.put_element(in("ruleset/rule%5b@id=%22r9%22%5d"), "<rule id=\"r8\"/>")),
            "cannot-insert");
  EXPECT_EQ(test::reason_of(world_.put(in("ruleset/rule%5b@id=%22r9%22%5d/@id"), kAttributeType, "r10")),
            "cannot-insert");
  EXPECT_EQ(test::reason_of(world_.remove(in("ruleset/rule%5b3%5d"))), "cannot-delete");
  EXPECT_EQ(
      world_.ask(XcapMethod::put, std::string(kBob), {.type = kPolicyType, .body = kBobsRules, .if_match = "\"stale\""})
          .status,
      412U);
  EXPECT_EQ(
      world_.ask(XcapMethod::put, std::string(kBob), {.type = kPolicyType, .body = kBobsRules, .if_none_match = "*"})
          .status,
      412U);
  EXPECT_EQ(world_.put(std::string(kBob), "text/xml", kBobsRules).status, 415U);
  constexpr std::string_view kBound = "ruleset/x:rule?xmlns(x=urn:ietf:params:xml:ns:common-policy)";
  EXPECT_EQ(world_.get(in(kBound)).status, 404U) << "six rules";
  EXPECT_EQ(world_.put(std::string(kBob), kPolicyType, test::kOneRule).status, 200U);
  EXPECT_EQ(world_.get(in(kBound)).status, 200U) << "exactly one";
  const XcapAnswer bindings = world_.get(in("ruleset/namespace::*"));
  EXPECT_EQ(bindings.status, 200U);
  EXPECT_EQ(bindings.content_type, "application/xcap-ns+xml");
  EXPECT_EQ(bindings.body, "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"/>");
}

// SPIT-XC-01; the seed's example uploads the rule set itself, under its own type (seed 4 7).
TEST(XcapUploads, TheSeedsWay) {
  XcapWorld world;
  const std::string target = "/spit-policy/users/sip:bob@company-example.com/index/~~/ruleset";
  EXPECT_EQ(world.put(target, "application/spit+xml", kBobsRules).status, 201U);
  EXPECT_EQ(world.put(target, "application/spit+xml; charset=utf-8", kBobsRules).status, 200U);
  EXPECT_EQ(world.get("/spit-policy/users/sip:bob@company-example.com/index").body, kBobsRules);
  EXPECT_EQ(test::reason_of(world.put("/spit-policy/users/sip:bob@company-example.com/index/~~/rules",
                                      "application/spit+xml", kBobsRules)),
            "cannot-insert");
}

TEST_F(XcapOperationsTest, WhatWasPutComesBackOctetForOctet) {
  EXPECT_EQ(body(), kBobsRules);
  const std::string before(kBobsRules);
  const std::string rule = world_.get(in("ruleset/rule[4]")).body;
  EXPECT_EQ(world_.put_element(in("ruleset/rule[4]"), rule).status, 200U);
  const std::string spaced = "<rule  id='r4'\n ><!-- x --><actions ></actions></rule >";
  EXPECT_EQ(world_.put_element(in("ruleset/rule[4]"), spaced).status, 200U);
  EXPECT_TRUE(body().contains("<rule id=\"r4\">") || body().contains(spaced)) << body();
  EXPECT_TRUE(body().contains(spaced));
  EXPECT_TRUE(body().contains("<!-- friends -->"));
  EXPECT_EQ(world_.put_element(in("ruleset"), test::kOneRule).status, 200U) << "the root by itself";
  EXPECT_EQ(world_.get(in("ruleset")).body, test::kOneRule);
}

TEST_F(XcapOperationsTest, ADocumentIsDeleted) {
  EXPECT_EQ(world_.remove(std::string(kBob)).status, 200U);
  EXPECT_EQ(world_.remove(std::string(kBob)).status, 404U);
  EXPECT_EQ(world_.get(std::string(kBob)).status, 404U);
  EXPECT_EQ(world_.get(in("ruleset")).status, 404U);
  EXPECT_EQ(world_.put(std::string(kBob), kPolicyType, kBobsRules).status, 201U);
}

// SPIT-XC-04: where a new element goes.
TEST_F(XcapOperationsTest, NewElementsAreLastOfTheirNameOrWhereTheirPositionSays) {
  const auto ids = [&] {
    std::string found;
    const auto document = XmlDocument::parse(body());
    for (const XmlElement rule : document->root().children()) {
      found += rule.attribute("id").value_or("?");
    }
    return found;
  };
  ASSERT_EQ(world_.put(std::string(kBob), kPolicyType, test::rules(2)).status, 200U);
  EXPECT_EQ(ids(), "r0r1");
  EXPECT_EQ(world_.put_element(in("ruleset/rule[@id='z']"), "<rule id='z'/>").status, 201U);
  EXPECT_EQ(ids(), "r0r1z");
  EXPECT_EQ(world_.put_element(in("ruleset/rule[1][@id='y']"), "<rule id='y'/>").status, 201U);
  EXPECT_EQ(ids(), "yr0r1z");
  EXPECT_EQ(world_.put_element(in("ruleset/*[3][@id='x']"), "<rule id='x'/>").status, 201U);
  EXPECT_EQ(ids(), "yr0xr1z");
  EXPECT_EQ(world_.put_element(in("ruleset/rule[6]"), "<rule id='w'/>").status, 201U);
  EXPECT_EQ(ids(), "yr0xr1zw");
  EXPECT_EQ(world_.put_element(in("ruleset/rule[6]"), "<rule id='v'/>").status, 200U) << "replaced";
  EXPECT_EQ(test::reason_of(world_.put_element(in("ruleset/rule[8]"), "<rule id='u'/>")), "cannot-insert");
  EXPECT_EQ(ids(), "yr0xr1zv");
  EXPECT_EQ(world_.remove(in("ruleset/rule[6]")).status, 200U) << "the last: nothing moves into its place";
  EXPECT_EQ(world_.remove(in("ruleset/rule[@id='y']")).status, 200U);
  EXPECT_EQ(world_.remove(in("ruleset/rule[@id='y']")).status, 404U);
  EXPECT_EQ(ids(), "r0xr1z");
}

TEST_F(XcapOperationsTest, ANewElementStandsWithItsOwnKind) {
  ASSERT_EQ(world_.put("/resource-lists/users/sip:bob@example.com/index", kListsType, test::kFriends).status, 201U);
  const std::string list = "/resource-lists/users/sip:bob@example.com/index/~~/resource-lists/list";
  EXPECT_EQ(world_.put_element(list + "/entry%5b@uri=%22sip:c@d%22%5d", "<entry uri=\"sip:c@d\"/>").status, 201U);
  const std::string body = world_.get("/resource-lists/users/sip:bob@example.com/index").body;
  EXPECT_LT(body.find("tel:+12155551212"), body.find("sip:c@d"));
  EXPECT_LT(body.find("sip:c@d"), body.find("name=\"close\"")) << "behind the last entry, not behind the last child";
}

TEST_F(XcapOperationsTest, PrefixesMeanWhatTheyMeanThere) {
  EXPECT_EQ(world_.put_element(in("ruleset/rule[@id='r9']"), kRule9).status, 201U) << "sp: is declared on the root";
  EXPECT_EQ(world_.get(in("ruleset/rule[@id='r9']")).body, kRule9);
  const std::string value =
      in("ruleset/rule%5b@id='r9'%5d/conditions/s:anonymous?xmlns(s=urn:ietf:params:xml:ns:spit-policy)");
  EXPECT_EQ(world_.get(value).body, "<sp:anonymous>true</sp:anonymous>");
  const XcapAnswer bindings = world_.get(in("ruleset/rule[@id='r9']/conditions/*/namespace::*"));
  EXPECT_TRUE(bindings.body.starts_with("<sp:anonymous ")) << bindings.body;
  EXPECT_TRUE(bindings.body.contains("xmlns:hc=\"urn:ietf:params:xml:ns:hashcash\"")) << bindings.body;
  EXPECT_EQ(test::reason_of(world_.put_element(in("ruleset/rule[@id='r8']"),
                                               "<rule id='r8'><conditions><no:x/></conditions></rule>")),
            "not-xml-frag");
  EXPECT_EQ(world_.get(in("ruleset/no:rule")).status, 400U) << "a prefix that the URI does not bind";
}

TEST_F(XcapOperationsTest, AttributesAreReadAndChanged) {
  const std::string domain = in("ruleset/rule[2]/conditions/identity/many/@domain");
  EXPECT_EQ(world_.get(domain).body, "company-example.com");
  EXPECT_EQ(world_.get(domain).content_type, "application/xcap-att+xml");
  EXPECT_EQ(world_.put(domain, kAttributeType, "a&amp;b").status, 200U);
  EXPECT_EQ(world_.get(domain).body, "a&amp;b");
  EXPECT_TRUE(body().contains("domain=\"a&amp;b\""));
  EXPECT_EQ(world_.remove(domain).status, 200U);
  EXPECT_EQ(world_.get(domain).status, 404U);
  EXPECT_EQ(world_.remove(domain).status, 404U);
  EXPECT_EQ(world_.put(domain, kAttributeType, "new.example").status, 201U);
  EXPECT_EQ(test::reason_of(world_.remove(in("ruleset/rule[2]/@id"))), "schema-validation-error");
  const std::string mode = in("ruleset/@e:evaluation?xmlns(e=urn:ietf:params:xml:ns:spit-policy)");
  EXPECT_EQ(world_.put(mode, kAttributeType, "first-match").status, 201U) << "SPIT-CP-07";
  EXPECT_TRUE(body().contains("sp:evaluation=\"first-match\""));
  EXPECT_EQ(world_.get(mode).body, "first-match");
  EXPECT_EQ(world_.remove(mode).status, 200U);
  EXPECT_EQ(test::reason_of(world_.put(in("ruleset/@e:x?xmlns(e=urn:nobody)"), kAttributeType, "1")), "cannot-insert");
}

// SPIT-XC-03
TEST_F(XcapOperationsTest, TypesAndMethodsFitWhatIsAskedFor) {
  EXPECT_EQ(world_.put(in("ruleset/rule[1]"), kAttributeType, "<rule id='r1'/>").status, 415U);
  EXPECT_EQ(world_.put(in("ruleset/rule[1]"), kPolicyType, "<rule id='r1'/>").status, 415U);
  EXPECT_EQ(world_.put(in("ruleset/rule[1]/@id"), kElementType, "r1").status, 415U);
  EXPECT_EQ(world_.put(std::string(kBob), {}, kBobsRules).status, 415U);
  EXPECT_EQ(world_.put(std::string(kBob), kElementType, kBobsRules).status, 415U);
  for (const XcapMethod method : {XcapMethod::put, XcapMethod::remove}) {
    const XcapAnswer answer = world_.ask(method, in("ruleset/namespace::*"), {.type = kBindingsType, .body = "<a/>"});
    EXPECT_EQ(answer.status, 405U);
    EXPECT_EQ(answer.allow, "GET, HEAD");
    EXPECT_EQ(world_.ask(method, "/xcap-caps/global/index", {.type = "application/xcap-caps+xml"}).status, 403U);
    EXPECT_EQ(world_.ask(method, "/xcap-caps/users/sip:bob@example.com/index").status, 403U);
    EXPECT_EQ(world_.ask(method, "/spit-policy/global/index", {.type = kPolicyType, .body = kBobsRules}).status, 403U);
    EXPECT_EQ(world_.ask(method, "/no-such-usage/users/sip:bob@example.com/index").status, 404U);
  }
  EXPECT_EQ(world_.get("/spit-policy/global/index").status, 404U);
  EXPECT_EQ(world_.get("/xcap-caps/users/sip:bob@example.com/index").status, 404U);
  EXPECT_EQ(world_.ask(XcapMethod::head, std::string(kBob)).status, 200U);
  EXPECT_EQ(world_.ask(XcapMethod::head, in("ruleset/rule[7]")).status, 404U);
}

// SPIT-XC-06: two clients, one document.
TEST_F(XcapOperationsTest, ALostUpdateIsPrevented) {
  const std::string seen_by_both = tag();
  const XcapAnswer first = world_.ask(XcapMethod::put, in("ruleset/rule[@id='a']"),
                                      {.type = kElementType, .body = "<rule id='a'/>", .if_match = seen_by_both});
  EXPECT_EQ(first.status, 201U);
  EXPECT_NE(first.etag, seen_by_both);
  const XcapAnswer second = world_.ask(XcapMethod::put, in("ruleset/rule[@id='b']"),
                                       {.type = kElementType, .body = "<rule id='b'/>", .if_match = seen_by_both});
  EXPECT_EQ(second.status, 412U);
  EXPECT_EQ(world_.ask(XcapMethod::remove, in("ruleset/rule[@id='a']"), {.if_match = seen_by_both}).status, 412U);
  EXPECT_EQ(world_.ask(XcapMethod::remove, std::string(kBob), {.if_match = seen_by_both}).status, 412U);
  EXPECT_TRUE(body().contains("id='a'"));
  EXPECT_FALSE(body().contains("id='b'"));
  EXPECT_EQ(world_
                .ask(XcapMethod::put, in("ruleset/rule[@id='b']"),
                     {.type = kElementType, .body = "<rule id='b'/>", .if_match = first.etag})
                .status,
            201U);
}

TEST_F(XcapOperationsTest, ConditionsMeanTheResourceAndItsDocument) {
  const auto put = [&](std::optional<std::string> match, std::optional<std::string> none) {
    return world_
        .ask(XcapMethod::put, in("ruleset/rule[@id='n']"),
             {.type = kElementType,
              .body = "<rule id='n'/>",
              .if_match = std::move(match),
              .if_none_match = std::move(none)})
        .status;
  };
  EXPECT_EQ(put("*", std::nullopt), 412U) << "the element is not there";
  EXPECT_EQ(put(std::nullopt, "*"), 201U);
  EXPECT_EQ(put(std::nullopt, "*"), 412U);
  EXPECT_EQ(put("*", std::nullopt), 200U);
  EXPECT_EQ(put(std::nullopt, tag()), 412U);
  EXPECT_EQ(put("rubbish", std::nullopt), 400U);
  const XcapAnswer cached = world_.ask(XcapMethod::get, in("ruleset/rule[1]"), {.if_none_match = tag()});
  EXPECT_EQ(cached.status, 304U);
  EXPECT_EQ(cached.body, "");
  EXPECT_EQ(world_.ask(XcapMethod::get, std::string(kBob), {.if_match = "\"x\""}).status, 412U);
  EXPECT_EQ(world_
                .ask(XcapMethod::get, "/xcap-caps/global/index",
                     {.if_none_match = world_.get("/xcap-caps/global/index").etag})
                .status,
            304U);
  EXPECT_EQ(world_.ask(XcapMethod::remove, "/spit-policy/users/sip:eve@example.com/index", {.if_match = "*"}).status,
            412U);
}

// A store in which somebody else is always faster.
class OvertakenStore : public DocumentStore {
 public:
  explicit OvertakenStore(DocumentStore& store, int times) : store_(store), left_(times) {}
  Result<std::optional<StoredDocument>> find(const DocumentKey& key) const override { return store_.find(key); }
  Result<std::optional<std::string>> put(const DocumentKey& key, const std::string& body,
                                         const std::string& expected) override {
    if (left_-- > 0) {
      const auto there = store_.find(key).value();
      EXPECT_TRUE(store_.put(key, test::rules(static_cast<std::size_t>(left_) + 1), there ? there->etag : "").value());
    }
    return store_.put(key, body, expected);
  }
  Result<bool> remove(const DocumentKey& key, const std::string& expected) override {
    return store_.remove(key, expected);
  }
  Result<std::size_t> count(const std::string& usage, const std::string& owner) const override {
    return store_.count(usage, owner);
  }
  Result<std::size_t> count() const override { return store_.count(); }
  Result<void> for_each(const std::string& usage,
                        const std::function<void(const StoredDocument&)>& take) const override {
    return store_.for_each(usage, take);
  }
  Result<std::vector<StoredDocument>> documents_of(const std::string& usage, const std::string& owner) const override {
    return store_.documents_of(usage, owner);
  }
  Result<std::string> keep(const std::string& name, const std::string& fresh) override {
    return store_.keep(name, fresh);
  }
  void on_change(Listener listener) override { store_.on_change(std::move(listener)); }

 private:
  DocumentStore& store_;
  int left_;
};

TEST_F(XcapOperationsTest, AChangeThatIsOvertakenIsMadeAgainFromWhatIsThereThen) {
  const auto uri = parse_xcap_uri(in("ruleset/rule[@id='n']"), "/");
  const XcapRequest request{.method = XcapMethod::put, .content_type = kElementType, .body = "<rule id='n'/>"};
  OvertakenStore twice(*world_.store, 2);
  EXPECT_EQ(XcapOperations(world_.checker, world_.capabilities, twice).answer(request, *uri).status, 201U);
  EXPECT_TRUE(body().contains("id=\"r0\"") && body().contains("id='n'")) << body();
  XcapRequest conditional = request;
  conditional.if_match = tag();
  OvertakenStore once(*world_.store, 1);
  EXPECT_EQ(XcapOperations(world_.checker, world_.capabilities, once).answer(conditional, *uri).status, 412U);
  OvertakenStore always(*world_.store, 100);
  EXPECT_EQ(XcapOperations(world_.checker, world_.capabilities, always).answer(request, *uri).status, 503U);
}

// SPIT-FW-03: hashcash is loaded while the server runs (seed 4 5.3).
TEST(XcapCapabilities, ChangeWithTheModulesOfTheEngine) {
  XcapWorld world;
  const auto spaces = [&] {
    std::vector<std::string> found;
    const auto document = XmlDocument::parse(world.get("/xcap-caps/global/index").body);
    EXPECT_TRUE(world.checker.check(*find_usage("xcap-caps"), *document, {}));
    for (const XmlElement part : document->root().children()) {
      for (const XmlElement element : part.children()) {
        found.push_back(element.text());
      }
    }
    return found;
  };
  const std::vector<std::string> auids_and_own = {"xcap-caps",
                                                  "spit-policy",
                                                  "resource-lists",
                                                  "pres-rules",
                                                  "user-profile",
                                                  "urn:ietf:params:xml:ns:xcap-caps",
                                                  "urn:ietf:params:xml:ns:xcap-error",
                                                  "urn:ietf:params:xml:ns:common-policy",
                                                  "urn:ietf:params:xml:ns:spit-policy",
                                                  "urn:ietf:params:xml:ns:resource-lists",
                                                  "urn:ietf:params:xml:ns:pres-rules",
                                                  "urn:stirline:xml:ns:user-profile"};
  EXPECT_EQ(spaces(), auids_and_own);
  const std::string before = world.get("/xcap-caps/global/index").etag;
  world.capabilities.announce({"urn:ietf:params:xml:ns:statistical-analysis", "urn:ietf:params:xml:ns:hashcash"});
  std::vector<std::string> more = auids_and_own;
  more.insert(more.end(), {"urn:ietf:params:xml:ns:hashcash", "urn:ietf:params:xml:ns:statistical-analysis"});
  EXPECT_EQ(spaces(), more);
  EXPECT_NE(world.get("/xcap-caps/global/index").etag, before) << "the seed's example repeats it";
  EXPECT_EQ(world.get("/xcap-caps/global/index/~~/xcap-caps/auids/auid[2]").body, "<auid>spit-policy</auid>");
  world.capabilities.announce({});
  EXPECT_EQ(world.get("/xcap-caps/global/index").etag, before) << "of the content, so it survives a restart";
}

// SPIT-XC-10
TEST(XcapUsages, ListsAndPresenceRulesAreKeptBesideTheRules) {
  XcapWorld world;
  EXPECT_EQ(world.put("/resource-lists/users/sip:bob@example.com/index", kListsType, test::kFriends).status, 201U);
  EXPECT_EQ(world.put("/pres-rules/users/sip:bob@example.com/index", kPolicyType, kBobsRules).status, 201U);
  EXPECT_EQ(world.put(std::string(kBob), kPolicyType, kBobsRules).status, 201U);
  const std::string entry =
      "/resource-lists/users/sip:bob@example.com/index/~~/resource-lists/list%5b@name=%22friends%22%5d/entry%5b1%5d/"
      "@uri";
  const XcapAnswer friend_of_both = world.get(entry);
  EXPECT_EQ(friend_of_both.body, "sip:alice@foo.example.com");
  for (const char* usage : {"pres-rules", "spit-policy"}) {
    const std::string one =
        std::string("/") + usage + "/users/sip:bob@example.com/index/~~/ruleset/rule%5b5%5d/conditions";
    const std::string condition =
        "<conditions><identity><one id=\"" + friend_of_both.body + "\"/></identity></conditions>";
    EXPECT_EQ(world.put_element(one, condition).status, 200U) << usage << ": the same identity in both";
  }
  std::size_t count = 0;
  ASSERT_TRUE(world.store->for_each("pres-rules", [&](const StoredDocument&) { ++count; }));
  EXPECT_EQ(count, 1U);
}

}  // namespace
}  // namespace stirline::control::xcap_operations_test
