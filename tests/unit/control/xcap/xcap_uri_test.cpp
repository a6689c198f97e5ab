// SPIT-XC-01, -02: request targets and node selectors.
#include "control/xcap/xcap_uri.hpp"

#include <gtest/gtest.h>

#include "tests/unit/control/xcap/policies.hpp"

namespace stirline::control::xcap_uri_test {
namespace {

std::optional<UriFault> fault_of(const std::string& target, std::string_view root = "/") {
  const auto uri = parse_xcap_uri(target, root);
  return uri ? std::nullopt : std::optional(uri.error().fault);
}

TEST(XcapUris, HaveTheirParts) {
  const auto uri = parse_xcap_uri(
      "/spit-policy/users/sip:bob@example.com/index/~~/ruleset/rule%5b@id=%22r1%22%5d?xmlns(sp=urn:sp)xmlns(a=urn:a)",
      "/");
  ASSERT_TRUE(uri) << uri.error().text;
  EXPECT_EQ(uri->auid, "spit-policy");
  EXPECT_EQ(uri->tree, XcapTree::users);
  EXPECT_EQ(uri->owner, "sip:bob@example.com");
  EXPECT_EQ(uri->document, "index");
  EXPECT_EQ(uri->folder, "/spit-policy/users/sip:bob@example.com");
  EXPECT_EQ(uri->path, "/spit-policy/users/sip:bob@example.com/index");
  ASSERT_TRUE(uri->selector);
  EXPECT_EQ(uri->selector->steps.size(), 2U);
  EXPECT_EQ(uri->bindings, (std::vector<XmlBinding>{{"sp", "urn:sp"}, {"a", "urn:a"}}));
  const auto global = parse_xcap_uri("/xcap/root/xcap-caps/global/index", "/xcap/root/");
  ASSERT_TRUE(global);
  EXPECT_EQ(global->tree, XcapTree::global);
  EXPECT_EQ(global->document, "index");
  EXPECT_FALSE(global->selector);
}

// "percent-encoded in the URI": an encoded slash divides nothing, an encoded tilde is a tilde.
TEST(XcapUris, ArePercentDecodedAfterTheyAreDivided) {
  const auto uri = parse_xcap_uri("/a/users/sip%3Abob%2Fx%40e/in%64ex/%7e~/r%2Fs/%2A?%78mlns(p=urn:x%5E)y)", "/");
  ASSERT_TRUE(uri) << uri.error().text;
  EXPECT_EQ(uri->owner, "sip:bob/x@e");
  EXPECT_EQ(uri->document, "index");
  EXPECT_EQ(uri->selector->steps.size(), 3U) << "a node selector is decoded as a whole";
  EXPECT_EQ(uri->bindings.front().second, "urn:x)y");
}

TEST(XcapUris, WithoutADocument) {
  for (const char* target : {"/a/users/bob", "/a/users/bob/x/y", "/a/global", "/a/users/bob/~~/r"}) {
    const auto uri = parse_xcap_uri(target, "/");
    ASSERT_TRUE(uri) << target;
    EXPECT_EQ(uri->document, "") << target;
  }
}

TEST(XcapUris, Elsewhere) {
  for (const char* target :
       {"/", "/a", "/a/", "/a/users", "/a/users/", "/a/people/bob/index", "http://h/a/global/index"}) {
    EXPECT_EQ(fault_of(target), UriFault::elsewhere) << target;
  }
  EXPECT_EQ(fault_of("/a/global/index", "/xcap/"), UriFault::elsewhere);
  EXPECT_EQ(fault_of("/a/users/" + std::string(kMaxXuiOctets + 1, 'x') + "/index"), UriFault::elsewhere);
}

TEST(XcapUris, Malformed) {
  for (const char* target : {"/a/users/bob//index",
                             "/a/users/bob/index/",
                             "/a/users/bob/./index",
                             "/a/users/bob/%2e%2e/index",
                             "/a/users/bob/in%zzdex",
                             "/a/users/bob/in%4",
                             "/a/users/bob/in%00dex",
                             "/a/users/bob/in%0adex",
                             "/a/users/bob/in%ffdex",
                             "/a/users/bob/index/~~/",
                             "/a/users/bob/index/~~",
                             "/a/users/bob/index/~~/r/%00",
                             "/a/users/bob/index?x=1",
                             "/a/users/bob/index?xmlns(a=)",
                             "/a/users/bob/index?xmlns(=b)",
                             "/a/users/bob/index?xmlns(a)",
                             "/a/users/bob/index?xmlns(a=b",
                             "/a/users/bob/index?xmlns(a=(b))",
                             "/a/users/bob/index?xmlns(a=b)xmlns(a=c)",
                             "/a/users/bob/index?xmlns(a=b^",
                             "/a/users/bob/index?xmlns(a=b^c)",
                             "/a/users/bob/index?%"}) {
    EXPECT_EQ(fault_of(target), UriFault::malformed) << target;
  }
  std::string many = "/a/users/bob/index?";
  for (int i = 0; i < 16; ++i) {
    many += "xmlns(p" + std::to_string(i) + "=u)";
  }
  EXPECT_EQ(fault_of(many), std::nullopt);
  EXPECT_EQ(fault_of(many + "xmlns(q=u)"), UriFault::malformed);
  EXPECT_EQ(fault_of("/a/users/bob/index/~~/" + std::string(kMaxTargetOctets, 'x')), UriFault::malformed);
}

struct Row {
  const char* selector;
  const char* found;  // id or uri of the element, or its name; "-": none
};

constexpr std::string_view kTree = R"xml(<ruleset xmlns="urn:d" xmlns:p="urn:p">
  <rule id="a" p:kind="x"><one/><two/></rule>
  <p:rule id="b"/>
  <rule id="c"><one id="deep"/></rule>
  <other id='d"e'/>
  <rule id="f/g"/>
</ruleset>)xml";

// SPIT-XC-02: each form of a step.
TEST(NodeSelectors, SelectExactlyOneElement) {
  const auto document = XmlDocument::parse(kTree);
  ASSERT_TRUE(document);
  const SelectorSpaces spaces{"urn:d", {{"q", "urn:p"}, {"d", "urn:d"}}};
  for (const Row& row : {
           Row{"ruleset", "ruleset"},
           Row{"*", "ruleset"},
           Row{"*[1]", "ruleset"},
           Row{"*[2]", "-"},
           Row{"d:ruleset/q:rule", "b"},
           Row{"q:ruleset", "-"},
           Row{"ruleset/rule", "-"},
           Row{"ruleset/rule[1]", "a"},
           Row{"ruleset/rule[2]", "c"},
           Row{"ruleset/rule[3]", "f/g"},
           Row{"ruleset/rule[4]", "-"},
           Row{"ruleset/rule[4294967295]", "-"},
           Row{"ruleset/*[2]", "b"},
           Row{"ruleset/*[4]", "d\"e"},
           Row{"ruleset/*", "-"},
           Row{"ruleset/rule[@id=\"c\"]", "c"},
           Row{"ruleset/rule[@id='c']", "c"},
           Row{"ruleset/*[@id=\"b\"]", "b"},
           Row{"ruleset/rule[@id=\"b\"]", "-"},
           Row{"ruleset/rule[2][@id=\"c\"]", "c"},
           Row{"ruleset/rule[1][@id=\"c\"]", "-"},
           Row{"ruleset/rule[@q:kind=\"x\"]", "a"},
           Row{"ruleset/rule[@kind=\"x\"]", "-"},
           Row{"ruleset/other[@id='d\"e']", "d\"e"},
           Row{"ruleset/other[@id=\"d&quot;e\"]", "d\"e"},
           Row{"ruleset/other[@id=\"d&#x22;e\"]", "d\"e"},
           Row{"ruleset/rule[@id=\"f/g\"]", "f/g"},
           Row{"ruleset/rule[2]/one", "deep"},
           Row{"ruleset/rule[2]/one/one", "-"},
           Row{"ruleset/rule[1]/*[2]", "two"},
       }) {
    const auto selector = parse_node_selector(row.selector);
    ASSERT_TRUE(selector) << row.selector << ": " << selector.error();
    ASSERT_TRUE(is_bound(*selector, spaces)) << row.selector;
    const XmlElement found = select(*document, *selector, selector->steps.size(), spaces);
    const std::string shown = found ? found.attribute("id").value_or(std::string(found.name())) : "-";
    EXPECT_EQ(shown, row.found) << row.selector;
    EXPECT_EQ(parse_xcap_uri("/a/global/x/~~/" + to_uri_text(*selector, selector->steps.size()), "/")->selector,
              selector)
        << row.selector;
  }
}

TEST(NodeSelectors, EndInAttributesAndBindings) {
  EXPECT_EQ(parse_node_selector("a/@b")->end, SelectorEnd::attribute);
  EXPECT_EQ(parse_node_selector("a/@b")->steps.size(), 1U);
  EXPECT_EQ(parse_node_selector("a/@p:b")->attribute, (SelectorName{"p", "b"}));
  EXPECT_EQ(parse_node_selector("a/b[1]/namespace::*")->end, SelectorEnd::bindings);
  const SelectorSpaces spaces{"urn:d", {{"q", "urn:p"}}};
  for (const char* unbound : {"x:a", "a/x:b", "a[@x:b=\"1\"]", "a/@x:b"}) {
    EXPECT_FALSE(is_bound(*parse_node_selector(unbound), spaces)) << unbound;
  }
}

TEST(NodeSelectors, NothingBeyondTheirGrammar) {
  for (const char* text : {"",
                           "/",
                           "/a",
                           "a/",
                           "a//b",
                           "@a",
                           "namespace::*",
                           "a[0]",
                           "a[-1]",
                           "a[x]",
                           "a[1",
                           "a[]",
                           "a[1][2]",
                           "a[@b]",
                           "a[@b=c]",
                           "a[@b=\"c]",
                           "a[@b=\"c\"",
                           "a[@b=\"c\"][1]",
                           "a[@b=\"&\"]",
                           "a[@b=\"<\"]",
                           "a[@b=\"&x;\"]",
                           "a[@b=\"&#0;\"]",
                           "a[@b=\"&#xD800;\"]",
                           "a[@b=\"&#x110000;\"]",
                           "a[4294967296]",
                           "a/@b/c",
                           "a/@b[1]",
                           "a/@",
                           "a/@*",
                           "1a",
                           "-a",
                           "a:",
                           ":a",
                           "a:b:c",
                           "a b",
                           "a/namespace::x",
                           "a/namespace::*/b",
                           "..",
                           "a|b",
                           "a()",
                           "ancestor::a",
                           "a[last()]",
                           "a[position()=1]"}) {
    EXPECT_FALSE(parse_node_selector(text)) << text;
  }
  std::string deep = "a";
  for (std::size_t i = 1; i < kMaxSelectorSteps; ++i) {
    deep += "/a";
  }
  EXPECT_TRUE(parse_node_selector(deep));
  EXPECT_FALSE(parse_node_selector(deep + "/a"));
}

}  // namespace
}  // namespace stirline::control::xcap_uri_test
