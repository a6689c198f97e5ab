// Documents that the tests of XCAP put and read.
#pragma once

#include <string>
#include <string_view>

namespace stirline::control::test {

// The seed's user Bob and his rules (seed 4 7), as spit-policy says it.
inline constexpr std::string_view kBobsRules = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"
         xmlns:sp="urn:ietf:params:xml:ns:spit-policy"
         xmlns:hc="urn:ietf:params:xml:ns:hashcash">
  <!-- friends -->
  <rule id="r1"><conditions><identity><one id="sip:alice@foo.example.com"/><one id="sip:tony@bar.example.com"/></identity></conditions>
    <actions><sp:handling>allow</sp:handling></actions><transformations/></rule>
  <rule id="r2"><conditions><identity><many domain="company-example.com"/></identity></conditions>
    <actions><sp:handling>allow</sp:handling></actions><transformations/></rule>
  <rule id="r3"><conditions><sp:authentication>none</sp:authentication></conditions>
    <actions><sp:execute><hc:hashcash work="15"/></sp:execute></actions><transformations/></rule>
  <rule id="r4"><conditions><hc:result>success</hc:result></conditions>
    <actions><sp:forward-to>sip:voicebox@company-example.com</sp:forward-to></actions><transformations/></rule>
  <rule id="r5"><conditions><hc:result>failure</hc:result></conditions>
    <actions><sp:handling>block</sp:handling></actions><transformations/></rule>
</ruleset>
)xml";

inline constexpr std::string_view kOneRule =
    R"(<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="a"/></ruleset>)";

inline constexpr std::string_view kFriends = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends"><display-name xml:lang="en">Friends</display-name>
    <entry uri="sip:alice@foo.example.com"/><entry uri="tel:+12155551212"/>
    <list name="close"><entry uri="sip:tony@bar.example.com"/></list>
  </list>
</resource-lists>
)xml";

inline std::string rules(std::size_t count) {
  std::string text = R"(<ruleset xmlns="urn:ietf:params:xml:ns:common-policy">)";
  for (std::size_t i = 0; i < count; ++i) {
    text += "<rule id=\"r" + std::to_string(i) + "\"/>";
  }
  return text + "</ruleset>";
}

// Elements inside each other, the root counted.
inline std::string nested(std::size_t depth) {
  std::string text = R"(<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="a"><conditions>)";
  for (std::size_t i = 3; i < depth; ++i) {
    text += "<x xmlns=\"urn:x\">";
  }
  for (std::size_t i = 3; i < depth; ++i) {
    text += "</x>";
  }
  return text + "</conditions></rule></ruleset>";
}

}  // namespace stirline::control::test
