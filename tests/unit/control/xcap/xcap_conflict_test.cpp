// SPIT-XC-05, -07: each reason for a 409, provoked; which one is told when several would do.
#include <gtest/gtest.h>

#include "config/policy/rule.hpp"
#include "tests/unit/control/xcap/xcap_world.hpp"

namespace stirline::control::xcap_conflict_test {
namespace {

using test::kBob;
using test::kListsType;
using test::kPolicyType;
using test::XcapWorld;

class XcapConflicts : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(put(test::kBobsRules).status, 201U); }

  XcapAnswer put(std::string_view body) { return world_.put(std::string(kBob), kPolicyType, body); }
  XcapAnswer put_element(std::string_view selector, std::string_view body) {
    return world_.put_element(XcapWorld::in(selector), body);
  }
  XmlElement parsed(const XcapAnswer& answer) {
    document_ = XmlDocument::parse(answer.body).value();
    return document_->root().first();
  }

  XcapWorld world_;
  std::optional<XmlDocument> document_;
};

TEST_F(XcapConflicts, NotWellFormed) {
  EXPECT_EQ(test::reason_of(put("<ruleset>")), "not-well-formed");
  EXPECT_EQ(test::reason_of(put("")), "not-well-formed");
}

TEST_F(XcapConflicts, NotUtf8) {
  EXPECT_EQ(test::reason_of(put("<ruleset>\xE4</ruleset>")), "not-utf-8");
  EXPECT_EQ(test::reason_of(put("<?xml version='1.0' encoding='ISO-8859-1'?><ruleset/>")), "not-utf-8");
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[1]", "<rule id='\xE4'/>")), "not-utf-8");
  EXPECT_EQ(test::reason_of(world_.put(XcapWorld::in("ruleset/rule[1]/@id"), kAttributeType, "\xE4")), "not-utf-8");
}

TEST_F(XcapConflicts, NotAFragment) {
  for (const char* body : {"", "text", "<rule id='x'/><rule id='y'/>", "<rule id='x'/>text", "<rule id='x'>",
                           "</around><around>", "<rule id='x'/><!-- c -->", "<?xml version='1.0'?><rule id='x'/>",
                           "<rule id='x'/></around><!--", "<rule id='x'>&y;</rule>", "</ruleset><ruleset>"}) {
    EXPECT_EQ(test::reason_of(put_element("ruleset/rule[@id='x']", body)), "not-xml-frag") << body;
  }
  EXPECT_EQ(put_element("ruleset/rule[@id='x']", "\n<rule id='x'/>\r\n").status, 201U) << "as files end";
}

TEST_F(XcapConflicts, NoParent) {
  const XcapAnswer missing = put_element("ruleset/rule%5b@id=%22x%22%5d/conditions/identity", "<identity/>");
  EXPECT_EQ(test::reason_of(missing), "no-parent");
  EXPECT_EQ(parsed(missing).first().name(), "ancestor");
  EXPECT_EQ(parsed(missing).first().text(), std::string(kBob) + "/~~/ruleset") << "as the vector has it";
  const XcapAnswer deeper = put_element("ruleset/rule%5b@id=%22r3%22%5d/conditions/identity/one", "<one id='a'/>");
  EXPECT_EQ(parsed(deeper).first().text(), std::string(kBob) + "/~~/ruleset/rule%5B@id=%22r3%22%5D/conditions");
  EXPECT_EQ(world_.get(parsed(deeper).first().text()).status, 200U) << "the ancestor can be read";
  const XcapAnswer root = put_element("rules/rule", "<rule id='a'/>");
  EXPECT_EQ(parsed(root).first().text(), kBob);
  const XcapAnswer attribute = world_.put(XcapWorld::in("ruleset/rule[@id='x']/@id"), kAttributeType, "x");
  EXPECT_EQ(test::reason_of(attribute), "no-parent");
  const std::string eve = "/spit-policy/users/sip:eve@example.com";
  const XcapAnswer document = world_.put_element(eve + "/index/~~/ruleset", test::kOneRule);
  EXPECT_EQ(test::reason_of(document), "no-parent") << "an element needs a document";
  EXPECT_EQ(parsed(document).first().text(), eve);
  EXPECT_EQ(test::reason_of(world_.put(eve + "/a/b", kPolicyType, test::kOneRule)), "no-parent") << "no folders";
}

TEST_F(XcapConflicts, SchemaValidationError) {
  EXPECT_EQ(test::reason_of(put("<ruleset/>")), "schema-validation-error");
  EXPECT_EQ(test::reason_of(put(test::kFriends)), "schema-validation-error") << "a root of another usage";
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[1]", "<rule id='not a name'/>")), "schema-validation-error");
  EXPECT_EQ(test::reason_of(world_.remove(XcapWorld::in("ruleset"))), "schema-validation-error") << "no root";
  const XcapAnswer answer = put_element("ruleset/rule[1]", "<rule id='a'><bogus/></rule>");
  EXPECT_TRUE(parsed(answer).attribute("phrase").value_or("").contains("bogus")) << answer.body;
}

TEST_F(XcapConflicts, NotAnAttributeValue) {
  const std::string id = XcapWorld::in("ruleset/rule[@id='r1']/conditions/identity/one[1]/@id");
  for (const char* body : {"a<b", "a&b", "&x;", "\"'", "\x01"}) {
    EXPECT_EQ(test::reason_of(world_.put(id, kAttributeType, body)), "not-xml-att-value") << body;
  }
  EXPECT_EQ(world_.put(id, kAttributeType, "sip:o'hara@example.com").status, 200U);
}

TEST_F(XcapConflicts, CannotInsertAndCannotDelete) {
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[@id='x']", "<rule id='y'/>")), "cannot-insert");
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[9]", "<rule id='y'/>")), "cannot-insert");
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule", "<rule id='y'/>")), "cannot-insert") << "one of six then";
  EXPECT_EQ(test::reason_of(put_element("other", "<other/>")), "cannot-insert") << "a second root";
  EXPECT_EQ(test::reason_of(put_element("ruleset", "<rules/>")), "cannot-insert");
  EXPECT_EQ(test::reason_of(world_.remove(XcapWorld::in("ruleset/rule[1]"))), "cannot-delete");
  EXPECT_EQ(world_.remove(XcapWorld::in("ruleset/rule[1][@id='r1']")).status, 200U);
}

TEST_F(XcapConflicts, UniquenessFailure) {
  const XcapAnswer rules = put(
      "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'><rule id='a'/><rule id='a-2'/><rule id='a'/></ruleset>");
  EXPECT_EQ(test::reason_of(rules), "uniqueness-failure");
  const XmlElement exists = parsed(rules).first();
  EXPECT_EQ(exists.name(), "exists");
  EXPECT_EQ(exists.attribute("field"), "ruleset/rule[3]/@id");
  EXPECT_EQ(exists.first().name(), "alt-value");
  EXPECT_EQ(exists.first().text(), "a-3") << "one that is free";
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[1]", "<rule id='r2'/>")), "uniqueness-failure");
  const std::string lists = "/resource-lists/users/sip:bob@example.com/index";
  const auto with = [](std::string_view members) {
    return "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'><list name='a'>" + std::string(members) +
           "</list></resource-lists>";
  };
  const XcapAnswer twice = world_.put(lists, kListsType, with("<entry uri='sip:a@b'/><list/><entry uri='sip:a@b'/>"));
  EXPECT_EQ(test::reason_of(twice), "uniqueness-failure");
  EXPECT_EQ(parsed(twice).first().attribute("field"), "resource-lists/list[1]/entry[2]/@uri");
  EXPECT_FALSE(parsed(twice).first().first()) << "there is no other URI of the same person";
  EXPECT_EQ(test::reason_of(world_.put(lists, kListsType, with("<list name='b'/><list name='b'/>"))),
            "uniqueness-failure");
  EXPECT_EQ(
      world_.put(lists, kListsType, with("<entry uri='sip:a@b'/><list name='a'><entry uri='sip:a@b'/></list>")).status,
      201U)
      << "in different lists";
}

// SPIT-FW-06, SPIT-XC-08
TEST_F(XcapConflicts, ConstraintFailure) {
  EXPECT_EQ(put(test::rules(config::policy::kMaxRules)).status, 200U);
  EXPECT_EQ(test::reason_of(put(test::rules(config::policy::kMaxRules + 1))), "constraint-failure");
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[@id='x']", "<rule id='x'/>")), "constraint-failure") << "1001";
  EXPECT_EQ(put(test::nested(32)).status, 200U);
  EXPECT_EQ(test::reason_of(put(test::nested(33))), "constraint-failure");
  EXPECT_EQ(test::reason_of(put("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")),
            "constraint-failure");
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[@id='a']/conditions", "<!DOCTYPE a><conditions/>")),
            "not-xml-frag");
  const std::string half(kMaxXmlOctets / 2, 'x');
  const auto rule = [&](const std::string& id) { return "<rule id='" + id + "'><!--" + half + "--></rule>"; };
  EXPECT_EQ(put_element("ruleset/rule[@id='b']", rule("b")).status, 201U);
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[@id='c']", rule("c"))), "constraint-failure")
      << "larger together";
  EXPECT_EQ(test::reason_of(world_.put("/spit-policy/users/sip:bob@example.com/other", kPolicyType, test::kOneRule)),
            "constraint-failure")
      << "a user has one document of rules, called index";
}

// A fragment may be deeper than what is left where it goes.
TEST_F(XcapConflicts, DepthIsThatOfTheWholeDocument) {
  std::string deep;
  for (int i = 0; i < 30; ++i) {
    deep.insert(0, "<x xmlns='urn:x'>");
    deep += "</x>";
  }
  EXPECT_EQ(test::reason_of(put_element("ruleset/rule[1]", "<rule id='r1'><actions>" + deep + "</actions></rule>")),
            "constraint-failure");
}

// The seam for the rule compiler.
TEST_F(XcapConflicts, ACheckOfMeaningRefusesWithItsPhrase) {
  world_.checker.add("spit-policy", [](const XmlDocument& document, const std::string& owner) {
    EXPECT_EQ(owner, "sip:bob@example.com");
    const bool good = document.root().first().attribute("id") != "bad";
    return good ? std::expected<void, std::string>{} : std::unexpected("rule bad: \"no\" such <action>");
  });
  const XcapAnswer answer = put("<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'><rule id='bad'/></ruleset>");
  EXPECT_EQ(test::reason_of(answer), "constraint-failure");
  EXPECT_EQ(parsed(answer).attribute("phrase"), "rule bad: \"no\" such <action>");
  EXPECT_EQ(put(test::kOneRule).status, 200U);
}

TEST_F(XcapConflicts, Extension) {
  const std::string folder = "/resource-lists/users/sip:bob@example.com/";
  for (std::size_t i = 0; i < kMaxDocumentsPerUser; ++i) {
    ASSERT_EQ(world_.put(folder + std::to_string(i), kListsType, test::kFriends).status, 201U);
  }
  const XcapAnswer answer = world_.put(folder + "one-more", kListsType, test::kFriends);
  EXPECT_EQ(test::reason_of(answer), "extension");
  EXPECT_TRUE(parsed(answer).first().is(kXcapExtensionSpace, "too-many-documents"));
  EXPECT_EQ(world_.put(folder + "0", kListsType, test::kFriends).status, 200U);
}

// SPIT-XC-07: well-formed and UTF-8, schema, uniqueness, constraints.
TEST_F(XcapConflicts, AreToldInTheOrderOfTheStandard) {
  world_.checker.add("spit-policy", [](const XmlDocument&, const std::string&) {
    return std::expected<void, std::string>(std::unexpected("meaning"));
  });
  const std::string open = "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'>";
  const std::string twice = "<rule id='a'/><rule id='a'/>";
  EXPECT_EQ(test::reason_of(put(open + twice + "<role/>")), "not-well-formed");
  EXPECT_EQ(test::reason_of(put(open + twice + "<role/></ruleset>")), "schema-validation-error");
  EXPECT_EQ(test::reason_of(put(open + twice + "</ruleset>")), "uniqueness-failure");
  const XcapAnswer last = put(open + "<rule id='a'/></ruleset>");
  EXPECT_EQ(parsed(last).attribute("phrase"), "meaning");
  EXPECT_EQ(world_.get(std::string(kBob)).body, test::kBobsRules) << "nothing of it was kept";
}

// SPIT-XC-07: what nobody here knows is kept, and not advertised.
TEST_F(XcapConflicts, UnknownNamespacesAreKept) {
  const std::string text =
      "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'><rule id='a'><conditions><n:x xmlns:n='urn:nobody'/>"
      "</conditions></rule></ruleset>";
  EXPECT_EQ(put(text).status, 200U);
  EXPECT_EQ(world_.get(std::string(kBob)).body, text);
  EXPECT_FALSE(world_.get("/xcap-caps/global/index").body.contains("urn:nobody"));
}

}  // namespace
}  // namespace stirline::control::xcap_conflict_test
