// Documents of rules (SPIT-CP-01 to -07, SPIT-PL-01 to -03, SPIT-FW-09).
#include "control/policy/rule_reader.hpp"

#include <gtest/gtest.h>

#include "control/policy/canonical_identity.hpp"
#include "control/policy/date_time.hpp"
#include "tests/unit/policy/sample_rules.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::control::policy::rule_reader_test {
namespace {

using namespace config::policy;
using config::policy::test::call_from;
using config::policy::test::kNow;
using config::policy::test::opened;
using config::policy::test::plain_call;
using config::policy::test::to_stranger;
using config::policy::test::with;

RuleContext context() {
  return {.window = {kNow - 86'400, kNow + 86'400}};
}

std::string ruleset(std::string_view rules, std::string_view attributes = "") {
  return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\" "
         "xmlns:hc=\"urn:ietf:params:xml:ns:hashcash\" xmlns:sa=\"urn:ietf:params:xml:ns:statistical-analysis\" " +
         std::string(attributes) + ">" + std::string(rules) + "</ruleset>";
}

std::expected<Rules, RuleMistake> read(const std::string& text, const RuleContext& with = context()) {
  const auto document = XmlDocument::parse(text);
  EXPECT_TRUE(document) << (document ? "" : document.error().text);
  return document ? read_rules(document->root(), with) : std::unexpected(RuleMistake{"no XML", 0});
}

Rules good(const std::string& text, const RuleContext& with = context()) {
  auto rules = read(text, with);
  EXPECT_TRUE(rules) << (rules ? "" : rules.error().text);
  return rules.value_or(Rules());
}

Outcome ask(const Rules& rules, const CallFacts& call) {
  const auto set = opened(rules);
  return set.set.evaluate(to_stranger(call));
}

// A rule with one condition that allows.
std::string allowing(std::string_view condition) {
  return ruleset("<rule id=\"r\"><conditions>" + std::string(condition) +
                 "</conditions><actions><sp:handling>allow</sp:handling></actions></rule>");
}

std::string doing(std::string_view actions, std::string_view transformations = "") {
  return ruleset("<rule id=\"r\"><actions>" + std::string(actions) + "</actions><transformations>" +
                 std::string(transformations) + "</transformations></rule>");
}

TEST(RuleReader, TheSeedsBobAndHisCallers) {  // SPIT-CP-07, SPIT-PL-05
  const char* const source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  const std::string text =
      stirline::test::read_file(std::filesystem::path(source) / "tests/vectors/stir/xml/spit_policy_example.xml");
  const Rules rules = good(text);
  ASSERT_EQ(rules.rules.size(), 7U);
  const auto set = opened(rules);
  const auto who_is = [&](const CallFacts& call) {
    const Outcome outcome = set.set.evaluate(to_stranger(call));
    return std::string(to_string(outcome.handling)) + " " +
           std::string(outcome.rule == Outcome::kNoRule ? "" : set.set.text(outcome.rule, RuleText::id));
  };
  EXPECT_EQ(who_is(call_from("sip:alice@foo.example.com", "foo.example.com")), "allow r1");
  EXPECT_EQ(who_is(call_from("sip:charlie@company-example.com", "company-example.com")), "allow r2");
  EXPECT_EQ(who_is(plain_call()), "challenge r3");  // Malice
  EXPECT_EQ(set.set.evaluate(to_stranger(plain_call())).work, 15);
  EXPECT_EQ(who_is(with(plain_call(), Fact::puzzle, Result::success)), "forward r4");
  CallFacts failed =
      with(with(plain_call(), Fact::puzzle, Result::failure), Fact::authentication, Authentication::failed);
  EXPECT_EQ(who_is(failed), "block r5");
  CallFacts spam =
      with(with(plain_call(), Fact::method, CallMethod::message), Fact::authentication, Authentication::signed_);
  spam.score = 39;
  EXPECT_EQ(who_is(spam), "none ");
  spam.score = 85;
  EXPECT_EQ(who_is(spam), "allow-marked r7");  // the more it permits wins: r6 would block politely
}

TEST(RuleReader, FirstMatchIfTheDocumentWantsIt) {  // SPIT-CP-07
  constexpr std::string_view kTwo =
      "<rule id=\"a\"><actions><sp:handling>block</sp:handling></actions></rule>"
      "<rule id=\"b\"><actions><sp:handling>allow</sp:handling></actions></rule>";
  EXPECT_EQ(ask(good(ruleset(kTwo)), plain_call()).handling, Handling::allow);
  EXPECT_EQ(ask(good(ruleset(kTwo, "sp:evaluation=\"first-match\"")), plain_call()).handling, Handling::block);
  EXPECT_FALSE(read(ruleset(kTwo, "sp:evaluation=\"last\"")));
}

TEST(RuleReader, UnknownPartsOfOtherNamespaces) {  // SPIT-CP-02
  EXPECT_TRUE(good(allowing("<y:moon xmlns:y=\"urn:example:y\">full</y:moon>")).rules.at(0).never);
  EXPECT_TRUE(good(allowing("<sp:moon>full</sp:moon>")).rules.at(0).never);
  const Rules rules = good(doing("<y:sing xmlns:y=\"urn:example:y\"/><sp:handling>block</sp:handling>"));
  EXPECT_EQ(ask(rules, plain_call()).handling, Handling::block);
  EXPECT_EQ(ask(good(doing("<sp:execute><y:sing xmlns:y=\"urn:example:y\"/></sp:execute>")), plain_call()).handling,
            Handling::none);
}

TEST(RuleReader, NumbersAreComparedInCanonicalForm) {  // SPIT-CP-03
  const Rules rules = good(allowing("<identity><one id=\"tel:+1-212-555-1234\"/></identity>"));
  EXPECT_EQ(ask(rules, call_from("12125551234")).handling, Handling::allow);
  EXPECT_EQ(canonical_identity("sip:+1(212)555-1234@carrier.example;user=phone", {}), "12125551234");
  EXPECT_EQ(canonical_identity("+44 20 7183 8750", {}), "442071838750");
  EXPECT_EQ(canonical_identity("SIP:Alice%41@Example.COM;transport=tcp", {}), "sip:alicea@example.com");
  EXPECT_EQ(canonical_identity("mailto:a@example.com", {}), std::nullopt);
  EXPECT_EQ(canonical_identity("", {}), std::nullopt);
  EXPECT_EQ(canonical_identity(std::string(100'000, '1'), {}), std::nullopt);
}

TEST(RuleReader, DomainsAreComparedAsLabels) {  // SPIT-CP-03
  EXPECT_EQ(canonical_domain("B\xc3\xbc"
                             "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(canonical_domain("b%c3%bccher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(canonical_domain("COMPANY-Example.com"), "company-example.com");
  EXPECT_EQ(canonical_domain("a%00b.example"), std::nullopt);
  EXPECT_EQ(canonical_domain("a%2"), std::nullopt);
  EXPECT_EQ(canonical_domain(""), std::nullopt);
  EXPECT_EQ(canonical_domain("a b"), std::nullopt);
  EXPECT_FALSE(read(allowing("<identity><many domain=\"no domain\"/></identity>")));
}

TEST(RuleReader, MistakesOfIdentitiesAreTold) {  // SPIT-CP-03
  EXPECT_EQ(read(allowing("<identity><one domain=\"a.example\"/></identity>")).error().text,
            "rule r: identity: one has no domain");
  EXPECT_EQ(read(allowing("<identity><one id=\"tel:nobody\"/></identity>")).error().text,
            "rule r: identity: \"tel:nobody\" is no sip, sips or tel URI");
  EXPECT_EQ(ask(good(allowing("<identity><one id=\"xmpp:a@b.example\"/></identity>")), call_from("1")).handling,
            Handling::none);
  EXPECT_EQ(ask(good(allowing("<identity/>")), call_from("1")).handling, Handling::none);
}

TEST(RuleReader, TheSphereIsSettledForTheMoment) {  // SPIT-CP-04, SPIT-FW-09
  const std::string text = allowing("<sphere value=\"Work meeting\"/>");
  for (const auto& [sphere, holds] : std::initializer_list<std::pair<std::string, bool>>{
           {"work", true}, {"MEETING", true}, {"home", false}, {"", false}}) {
    RuleContext at = context();
    at.sphere = sphere;
    EXPECT_EQ(ask(good(text, at), plain_call()).handling, holds ? Handling::allow : Handling::none) << sphere;
  }
}

TEST(RuleReader, ValidityHasZones) {  // SPIT-CP-05
  const Rules rules =
      good(allowing("<validity><from>2027-01-15T09:00:00+01:00</from><until>2027-01-15T08:00:01Z</until>"
                    "<from>2030-01-01T00:00:00Z</from><until>2031-01-01T00:00:00Z</until></validity>"));
  for (const auto& [now, holds] :
       {std::pair{kNow - 1, false}, {kNow, true}, {kNow + 1, false}, {kNow + 94'694'400, true}}) {
    CallFacts call = plain_call();
    call.now = now;
    EXPECT_EQ(ask(rules, call).handling, holds ? Handling::allow : Handling::none) << now;
  }
  EXPECT_FALSE(
      read(allowing("<validity><from>2027-01-15T09:00:00</from><until>2027-01-15T10:00:00Z</until></validity>")));
  EXPECT_FALSE(read(allowing("<validity><from>2027-01-15T09:00:00Z</from></validity>")));
  EXPECT_FALSE(read(allowing("<validity><until>2027-01-15T09:00:00Z</until></validity>")));
}

TEST(DateTime, AsSchemaHasIt) {
  EXPECT_EQ(seconds_of_date_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(seconds_of_date_time(" 2027-01-15T08:00:00.5Z\n"), kNow);
  EXPECT_EQ(seconds_of_date_time("2027-01-15T24:00:00+14:00"), kNow + 16 * 3600 - 14 * 3600);
  EXPECT_EQ(seconds_of_date_time("1969-12-31T23:59:59-00:00"), -1);
  for (const char* const wrong :
       {"", "2027-01-15", "2027-02-29T00:00:00Z", "2027-13-01T00:00:00Z", "2027-01-15T25:00:00Z",
        "2027-01-15T08:60:00Z", "2027-01-15T08:00:60Z", "2027-01-15T08:00:00+15:00", "2027-01-15T08:00:00.Z",
        "2027-01-15t08:00:00Z", "+027-01-15T08:00:00Z", "2027-01-15T08:00:00Zz", "-027-01-15T08:00:00Z",
        "2027-01-15T24:00:01Z"}) {
    EXPECT_EQ(seconds_of_date_time(wrong), std::nullopt) << wrong;
  }
}

TEST(RuleReader, EveryConditionIsTrueAndFalse) {  // SPIT-PL-01
  CallFacts call = call_from("12125551234");
  call = with(with(call, Fact::diverted, Truth::yes), Fact::consent, Result::pending);
  call.score = 40;
  const auto push = [&](KeyKind kind, std::string_view text) {
    EXPECT_TRUE(call.texts[static_cast<std::size_t>(kind)].push(text_key(config::policy::test::kSecret, kind, text)));
  };
  push(KeyKind::trunk, "carrier");
  push(KeyKind::spc, "707J");
  push(KeyKind::body_type, "text/plain");
  push(KeyKind::language, "de");
  const std::initializer_list<std::pair<const char*, const char*>> pairs{
      {"<sp:authentication>verified-A failed</sp:authentication>", "<sp:authentication>verified-B</sp:authentication>"},
      {"<sp:authentication>signed</sp:authentication>", "<sp:authentication>none</sp:authentication>"},
      {"<sp:method>INVITE</sp:method>", "<sp:method>MESSAGE PUBLISH</sp:method>"},
      {"<sp:diverted/>", "<sp:diverted>false</sp:diverted>"},
      {"<sp:anonymous>0</sp:anonymous>", "<sp:anonymous/>"},
      {"<sp:watch>false</sp:watch>", "<sp:watch/>"},
      {"<sp:international>false</sp:international>", "<sp:international>perhaps</sp:international>"},
      {"<sp:result component=\"consent\">pending</sp:result>", "<sp:result component=\"dna\">pending</sp:result>"},
      {"<hc:result>none</hc:result>", "<hc:result>success</hc:result>"},
      {"<sp:media>audio text</sp:media>", "<sp:media>video</sp:media>"},
      {"<sp:media>audio</sp:media><sp:media>audio text</sp:media>",
       "<sp:media>audio</sp:media><sp:media>text</sp:media>"},
      {"<sp:body-type>TEXT/plain</sp:body-type>", "<sp:body-type>image/*</sp:body-type>"},
      {"<sp:language>DE</sp:language>", "<sp:language>en</sp:language>"},
      {"<sp:trunk>other carrier</sp:trunk>", "<sp:trunk>Carrier</sp:trunk>"},
      {"<sp:spc>707J</sp:spc>", "<sp:spc>1234</sp:spc>"},
      {"<sp:group>none open</sp:group>", "<sp:group>closed</sp:group>"},
      {"<sp:presence>unknown</sp:presence>", "<sp:presence>open</sp:presence>"},
      {"<sp:call-state>unknown</sp:call-state>", "<sp:call-state>busy</sp:call-state>"},
      {"<sa:spam-score min=\"40\" max=\"40\"/>", "<sa:spam-score min=\"41\"/>"},
      {"<sp:time-period dtstart=\"20260101T090000\" duration=\"PT1H\" tzid=\"Europe/Berlin\" freq=\"daily\"/>",
       "<sp:time-period dtstart=\"20260101T100000\" duration=\"PT1H\" tzid=\"Europe/Berlin\" freq=\"daily\"/>"},
  };
  for (const auto& [holds, fails] : pairs) {
    EXPECT_EQ(ask(good(allowing(holds)), call).handling, Handling::allow) << holds;
    EXPECT_EQ(ask(good(allowing(fails)), call).handling, Handling::none) << fails;
    EXPECT_EQ(ask(good(allowing(std::string(holds) + fails)), call).handling, Handling::none) << fails;
  }
}

TEST(RuleReader, PresenceKnowsActivities) {  // SPIT-PL-01
  RuleContext busy = context();
  busy.activities = {"meeting"};
  EXPECT_FALSE(good(allowing("<sp:presence>meeting</sp:presence>"), busy).rules.at(0).never);
  EXPECT_TRUE(good(allowing("<sp:presence>meeting</sp:presence>")).rules.at(0).never);
  EXPECT_TRUE(good(allowing("<sp:presence/>"), busy).rules.at(0).never);
}

TEST(RuleReader, EveryAction) {  // SPIT-PL-03
  const auto does = [](std::string_view actions) {
    const Rules rules = good(doing(actions));
    return rules.rules.empty() ? Actions() : rules.rules[0].actions;
  };
  EXPECT_EQ(does("<sp:handling>polite-block</sp:handling>").handling, Handling::polite_block);
  EXPECT_EQ(does("<sp:forward-to> sip:voicebox@company-example.com </sp:forward-to>").target,
            "sip:voicebox@company-example.com");
  EXPECT_EQ(does("<sp:execute><hc:hashcash/></sp:execute>").work, 15);
  EXPECT_EQ(does("<sp:execute><sp:consent/></sp:execute>").component, Component::consent);
  EXPECT_EQ(does("<sp:execute><sp:pay/></sp:execute>").component, Component::payment);
  EXPECT_EQ(does("<sp:execute><sp:ivr target=\"sip:ivr@example.com\"/></sp:execute>").component, Component::turing);
  EXPECT_EQ(does("<sp:mark>true</sp:mark><sp:handling>allow</sp:handling>").handling, Handling::allow_marked);
  EXPECT_EQ(does("<sp:handling>allow</sp:handling><sp:mark/>").handling, Handling::allow_marked);
  EXPECT_EQ(does("<sp:handling>block</sp:handling><sp:mark/>").handling, Handling::block);
  EXPECT_EQ(does("<sp:mark>false</sp:mark><sp:handling>allow</sp:handling>").handling, Handling::allow);
  EXPECT_TRUE(does("<sp:notify/>").notify);
  EXPECT_EQ(does("<sp:response code=\"607\" phrase=\"Unwanted\"/>").response, 607);
  EXPECT_EQ(does("<sp:response code=\"603\" phrase=\"Don't call; write (soon)!\"/>").phrase,
            "Don't call; write (soon)!");
  EXPECT_EQ(does("<sp:limit cps=\"5\"/>").limit, 5);
}

TEST(RuleReader, ActionsThatMustBeMended) {  // SPIT-XC-07
  for (const char* const wrong :
       {"<sp:handling>maybe</sp:handling>", "<sp:handling/>", "<sp:forward-to>http://example.com</sp:forward-to>",
        "<sp:forward-to>sip:a@b.example sip:c@d.example</sp:forward-to>", "<sp:execute/>",
        "<sp:execute><hc:hashcash work=\"25\"/></sp:execute>", "<sp:execute><hc:hashcash/><sp:pay/></sp:execute>",
        "<sp:execute><sp:ivr/></sp:execute>", "<sp:mark>often</sp:mark>", "<sp:response code=\"200\"/>",
        "<sp:response code=\"603\" phrase=\"a&#10;Via: b\"/>", "<sp:response code=\"603\" phrase=\"a&#13;&#10;b\"/>",
        "<sp:response code=\"603\" phrase=\"a&#9;b\"/>", "<sp:response code=\"603\" phrase=\"50%41\"/>",
        "<sp:response code=\"603\" phrase=\"&#252;\"/>", "<sp:limit cps=\"0\"/>"}) {
    EXPECT_FALSE(read(doing(wrong))) << wrong;
  }
  for (const char* const wrong :
       {"<sp:strip-header name=\"Via\"/>", "<sp:strip-header name=\"f\"/>", "<sp:strip-header name=\"a b\"/>",
        "<sp:strip-header name=\"Privacy\"/>", "<sp:strip-header name=\"k\"/>",
        "<sp:remove-body-part type=\"application/SDP\"/>", "<sp:remove-body-part type=\"*/png\"/>",
        "<sp:strip-header/>", "<sp:set-display prefix=\"&quot;x\"/>", "<sp:set-display/>",
        "<sp:remove-body-part type=\"text\"/>", "<sp:remove-body-part type=\"text/a b\"/>"}) {
    EXPECT_FALSE(read(doing("", wrong))) << wrong;
  }
}

TEST(RuleReader, Transformations) {  // SPIT-PL-03
  const Rules rules = good(doing("<sp:handling>allow</sp:handling>",
                                 "<sp:strip-header name=\"S\"/><sp:set-display prefix=\"[Spam?] \"/>"
                                 "<sp:remove-body-part type=\"Image/PNG\"/>"));
  EXPECT_EQ(rules.rules.at(0).actions.strip_headers, std::vector<std::string>{"subject"});
  EXPECT_EQ(rules.rules.at(0).actions.display_prefix, "[Spam?] ");
  EXPECT_EQ(rules.rules.at(0).actions.remove_body_parts, std::vector<std::string>{"image/png"});
}

TEST(RuleReader, WhatIsNoRuleset) {  // SPIT-CP-01
  EXPECT_FALSE(read("<ruleset/>"));
  EXPECT_EQ(good(ruleset("")).rules.size(), 0U);
  EXPECT_EQ(read(ruleset("<rule id=\"a\"/><rule id=\"a\"/>")).error().text, "rule a is there twice");
  EXPECT_FALSE(read(ruleset("<rule/>")));
  std::string many;
  for (std::size_t i = 0; i <= kMaxRules; ++i) {
    many += "<rule id=\"r" + std::to_string(i) + "\"/>";
  }
  EXPECT_EQ(read(ruleset(many)).error().text, "more than 1,000 rules");
}

}  // namespace
}  // namespace stirline::control::policy::rule_reader_test
