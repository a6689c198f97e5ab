// SPIT-XC-08: XML from strangers, within bounds and without entities.
#include "control/xcap/xml_document.hpp"

#include <gtest/gtest.h>

#include "control/xcap/schemas/schemas.hpp"
#include "control/xcap/xml_schema.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/control/xcap/policies.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::control::xml_document_test {
namespace {

std::optional<XmlFault> fault_of(const std::string& text) {
  testing::internal::CaptureStderr();
  const auto parsed = XmlDocument::parse(text);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "libxml2 prints nothing";
  return parsed ? std::nullopt : std::optional(parsed.error().fault);
}

TEST(XmlDocuments, AreWalked) {
  const auto document = XmlDocument::parse(test::kBobsRules);
  ASSERT_TRUE(document) << document.error().text;
  const XmlElement root = document->root();
  EXPECT_TRUE(root.is("urn:ietf:params:xml:ns:common-policy", "ruleset"));
  EXPECT_FALSE(root.is("", "ruleset"));
  EXPECT_FALSE(root.parent());
  std::string ids;
  for (const XmlElement rule : root.children()) {
    ids += rule.attribute("id").value_or("?") + " ";
    EXPECT_EQ(rule.parent(), root);
  }
  EXPECT_EQ(ids, "r1 r2 r3 r4 r5 ");
  const XmlElement handling = root.first().first().next().first();
  EXPECT_EQ(handling.space(), "urn:ietf:params:xml:ns:spit-policy");
  EXPECT_EQ(handling.text(), "allow");
  EXPECT_EQ(handling.attribute("id"), std::nullopt);
  EXPECT_EQ(root.first().line(), 6);
  EXPECT_EQ(document->bindings(handling).size(), 3U);
  EXPECT_EQ(document->serialize(handling), "<sp:handling>allow</sp:handling>");
}

TEST(XmlDocuments, AttributesAreFoundByNamespace) {
  const auto document = XmlDocument::parse(R"(<a x="1" p:x="2" xmlns:p="urn:p"/>)");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().attribute("x"), "1");
  EXPECT_EQ(document->root().attribute("x", "urn:p"), "2");
  EXPECT_EQ(document->root().attribute("x", "urn:q"), std::nullopt);
}

TEST(XmlDocuments, WhatIsWrittenIsWhatWasRead) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&lt;&amp;\xC3\xA4\"> <!-- c --><![CDATA[<]]>\n<p:d "
      "xmlns:p=\"urn:p\"/>&gt;\xE2\x82\xAC</a>\n";
  const auto document = XmlDocument::parse(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->serialize(), text);
  EXPECT_EQ(XmlDocument::parse("<a>\xC3\xA4</a>")->serialize(XmlDocument::parse("<a>\xC3\xA4</a>")->root()),
            "<a>\xC3\xA4</a>");
}

// SPIT-XC-08: XXE, billion laughs
TEST(XmlDocuments, NoDoctypeIsRead) {
  for (const char* text : {
           "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
           "<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\"><a/>",
           "<!DOCTYPE a [<!ENTITY % x SYSTEM \"file:///etc/passwd\"> %x;]><a/>",
           "<!DOCTYPE l [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;&l;&l;&l;&l;&l;\"><!ENTITY n \"&m;&m;&m;&m;&m;\">]>"
           "<l>&n;</l>",
           "<!DOCTYPE a><a/>",
       }) {
    EXPECT_EQ(fault_of(text), XmlFault::beyond_limits) << text;
  }
  EXPECT_EQ(fault_of("<a>&x;</a>"), XmlFault::not_well_formed) << "no entity is known but XML's own";
  EXPECT_EQ(fault_of("<a b='&amp;&#x41;'>&lt;</a>"), std::nullopt);
}

TEST(XmlDocuments, DepthSizeAndAttributesAreBounded) {
  EXPECT_EQ(fault_of(test::nested(32)), std::nullopt);
  EXPECT_EQ(fault_of(test::nested(33)), XmlFault::beyond_limits);
  EXPECT_EQ(fault_of(test::nested(9'000)), XmlFault::beyond_limits);
  const auto sized = [](std::size_t size) { return "<a>" + std::string(size - 7, 'x') + "</a>"; };
  EXPECT_EQ(fault_of(sized(kMaxXmlOctets)), std::nullopt);
  EXPECT_EQ(fault_of(sized(kMaxXmlOctets + 1)), XmlFault::beyond_limits);
  const auto with_attributes = [](std::size_t count, const std::string& value) {
    std::string text = "<!-- = = --><?p a=b=?><a>text = text <b";
    for (std::size_t i = 0; i < count; ++i) {
      text += " a" + std::to_string(i) + "=" + value;
    }
    return text + "/><![CDATA[ <x a=\"]]></a>";
  };
  for (const char* value : {"\"\"", "'>'", "\"='>\"", "'<!--'"}) {
    const bool legal = std::string_view(value) != "'<!--'";
    EXPECT_EQ(fault_of(with_attributes(64, value)), legal ? std::nullopt : std::optional(XmlFault::not_well_formed));
    EXPECT_EQ(fault_of(with_attributes(65, value)), XmlFault::beyond_limits) << value;
  }
}

TEST(XmlDocuments, NothingButUtf8) {
  EXPECT_EQ(fault_of("<a>\xE4</a>"), XmlFault::not_utf8);
  EXPECT_EQ(fault_of("\xFF\xFE<\0a\0/\0>\0"), XmlFault::not_utf8);
  EXPECT_EQ(fault_of(std::string("<\0a\0/\0>\0", 8)), XmlFault::not_well_formed);
  EXPECT_EQ(fault_of("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>"), XmlFault::not_utf8);
  EXPECT_EQ(fault_of("<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>"), std::nullopt);
  EXPECT_EQ(fault_of("\xEF\xBB\xBF<a/>"), std::nullopt) << "a byte order mark";
}

TEST(XmlDocuments, NothingButWellFormed) {
  for (const char* text : {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a b='1' b='2'/>", "<p:a/>", "<a p:b='1'/>",
                           "<a>\x01</a>", "<a b='<'/>", "<a>&#0;</a>", "<a/>text"}) {
    EXPECT_EQ(fault_of(text), XmlFault::not_well_formed) << text;
  }
}

TEST(XmlDocuments, MistakesAreToldInPrintableAscii) {
  const auto refused = XmlDocument::parse("<a>\n<\xC3\xA4\xC3\xA4></b></a>");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().text.starts_with("line 2: ")) << refused.error().text;
  for (const char c : refused.error().text) {
    EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

// SPIT-XC-05, -07: our schemas take the documents of the standard's vectors.
TEST(XmlSchemas, TakeWhatTheyDescribe) {
  const XmlSchema policy(schemas::kCommonPolicy);
  const XmlSchema lists(schemas::kResourceLists);
  const XmlSchema capabilities(schemas::kXcapCaps);
  const auto valid = [](const XmlSchema& schema, std::string_view text) {
    const auto document = XmlDocument::parse(text);
    return document && schema.validate(*document);
  };
  EXPECT_TRUE(valid(policy, test::kBobsRules));
  EXPECT_TRUE(valid(lists, test::kFriends));
  EXPECT_FALSE(valid(lists, test::kBobsRules));
  const std::string cp = "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'";
  EXPECT_TRUE(valid(policy, cp + " xmlns:sp='urn:ietf:params:xml:ns:spit-policy' sp:evaluation='first-match'/>"));
  for (const char* bad :
       {" order='1'/>", "><rule/></ruleset>", "><rule id='1'/></ruleset>", "><role id='a'/></ruleset>",
        "><rule id='a'><actions/><conditions/></rule></ruleset>",
        "><rule id='a'><conditions><bogus/></conditions></rule></ruleset>",
        "><rule id='a'><conditions><validity><from>noon</from></validity></conditions></rule></ruleset>",
        "><rule id='a'>text</rule></ruleset>"}) {
    EXPECT_FALSE(valid(policy, cp + bad)) << bad;
  }
  const test::ScratchFolder scratch;
  const auto location = scratch.write(
      "x.xsd",
      "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x'><xs:element name='x' "
      "type='xs:int'/></xs:schema>");
  EXPECT_TRUE(
      valid(policy, cp + " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:x " +
                        location.string() +
                        "'><rule id='a'><conditions><x xmlns='urn:x'>no number</x></conditions></rule></ruleset>"))
      << "a schema that a document names is not looked at";
  const auto folder = stirline::test::test_data("vectors/stir/xml");
  if (!folder) {
    GTEST_SKIP() << "no third-party vectors";
  }
  const auto vector = [&](const char* name) { return stirline::test::read_file(*folder / name); };
  EXPECT_TRUE(valid(policy, vector("common_policy_basic.xml")));
  EXPECT_TRUE(valid(policy, vector("spit_policy_example.xml")));
  EXPECT_TRUE(valid(capabilities, vector("xcap_caps.xml")));
  EXPECT_FALSE(valid(capabilities, vector("spit_policy_example.xml")));
}

}  // namespace
}  // namespace stirline::control::xml_document_test
