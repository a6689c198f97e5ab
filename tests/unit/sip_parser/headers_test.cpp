// Typed values of header fields that are read only when asked for.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sip_parser/headers/call_info.hpp"
#include "sip_parser/headers/content_disposition.hpp"
#include "sip_parser/headers/event.hpp"
#include "sip_parser/headers/feature_caps.hpp"
#include "sip_parser/headers/option_tags.hpp"
#include "sip_parser/headers/priority.hpp"
#include "sip_parser/headers/privacy.hpp"
#include "sip_parser/headers/reason.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "sip_parser/headers/spam_score.hpp"
#include "sip_parser/headers/subject.hpp"
#include "tests/unit/sip_parser/header_fields.hpp"

namespace stirline::sip::test::headers_test {
namespace {

TEST(Headers, EveryErrorHasANameOfItsOwn) {
  expect_distinct_names<FieldErrorCode>(kFieldErrorCodes);
}

// RFC 3326 2
TEST(Reasons, Values) {
  const Parsed parsed(
      invite("Reason: Q.850 ;cause=16 ;text=\"Terminated; \\\"ok\\\", all\"\r\n"
             "Reason: SIP;cause=200;x=y, STIR;cause=436;text=Bad\r\nReason: preemption\r\n"));
  const auto reasons = read_reasons(parsed.message(), parsed.octets());
  ASSERT_TRUE(reasons);
  ASSERT_EQ(reasons->size(), 4U);
  EXPECT_EQ(parsed.text((*reasons)[0].protocol), "Q.850");
  EXPECT_EQ((*reasons)[0].cause, 16);
  EXPECT_EQ(parsed.text((*reasons)[0].text), "Terminated; \\\"ok\\\", all");
  EXPECT_EQ(parsed.text((*reasons)[1].whole), "SIP;cause=200;x=y");
  EXPECT_EQ(parsed.text((*reasons)[2].protocol), "STIR");
  EXPECT_EQ((*reasons)[2].cause, 436);
  EXPECT_EQ(parsed.text((*reasons)[2].text), "Bad");
  EXPECT_FALSE((*reasons)[3].cause);
}

TEST(Reasons, Errors) {
  expect_errors(read_reasons, "Reason",
                {{"", FieldErrorCode::malformed},
                 {"SIP;", FieldErrorCode::malformed},
                 {"SIP,", FieldErrorCode::malformed},
                 {";cause=1", FieldErrorCode::malformed},
                 {"SIP cause=1", FieldErrorCode::malformed},
                 {"SIP;cause", FieldErrorCode::malformed},
                 {"SIP;cause=", FieldErrorCode::malformed},
                 {"SIP;cause=x", FieldErrorCode::malformed},
                 {"SIP;cause=\"1\"", FieldErrorCode::malformed},
                 {"SIP;cause=-1", FieldErrorCode::malformed},
                 {"SIP;cause=1000", FieldErrorCode::out_of_range},
                 {"SIP;cause=99999999999999999999", FieldErrorCode::out_of_range},
                 {"SIP;cause=1;Cause=1", FieldErrorCode::duplicate},
                 {"SIP;text=\"a\";text=\"a\"", FieldErrorCode::duplicate},
                 {"SIP;text=<a>", FieldErrorCode::malformed},
                 {"SIP;text=\"a", FieldErrorCode::open_quote}});
  expect_at_most(read_reasons, "Reason", "SIP", kMaxReasons);
}

// RFC 4412 3.1
TEST(ResourcePriorities, Values) {
  const Parsed parsed(invite("Resource-Priority: ets.0, wps.1\r\nresource-priority: esnet.1\r\n"));
  const auto values = read_resource_priorities(parsed.message(), parsed.octets());
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 3U);
  EXPECT_EQ(parsed.text((*values)[1].whole), "wps.1");
  EXPECT_EQ(parsed.text((*values)[2].name_space), "esnet");
  EXPECT_EQ(parsed.text((*values)[2].priority), "1");
  expect_errors(read_resource_priorities, "Resource-Priority",
                {{"", FieldErrorCode::malformed},
                 {"ets", FieldErrorCode::malformed},
                 {".0", FieldErrorCode::malformed},
                 {"ets.", FieldErrorCode::malformed},
                 {"ets.0.1", FieldErrorCode::malformed},
                 {"ets .0", FieldErrorCode::malformed},
                 {"ets.0;x", FieldErrorCode::malformed},
                 {"ets.0,,wps.1", FieldErrorCode::malformed},
                 {"\"ets.0", FieldErrorCode::open_quote}});
  expect_at_most(read_resource_priorities, "Resource-Priority", "ets.0", kMaxResourcePriorities);
}

// RFC 3261 20.26, RFC 7090 5
TEST(Priorities, Values) {
  const auto read = [](const std::string& lines) {
    const Parsed parsed(invite(lines));
    return read_priority(parsed.message(), parsed.octets());
  };
  EXPECT_EQ(read("")->has_value(), false);
  EXPECT_EQ(read("Priority: Emergency\r\n"), Priority::emergency);
  EXPECT_EQ(read("Priority: urgent\r\n"), Priority::urgent);
  EXPECT_EQ(read("Priority: normal\r\n"), Priority::normal);
  EXPECT_EQ(read("Priority: NON-urgent\r\n"), Priority::non_urgent);
  EXPECT_EQ(read("Priority: psap-callback\r\n"), Priority::psap_callback);
  EXPECT_EQ(read("Priority: whenever\r\n"), Priority::other);
  for (const std::string bad : {"", "urgent;x", "urgent, normal", "\"urgent\""}) {
    EXPECT_EQ(read("Priority: " + bad + "\r\n").error().code, FieldErrorCode::malformed) << bad;
  }
}

TEST(Events, Types) {  // SPIT-CL-16
  const auto read = [](const std::string& lines) -> std::string {
    const Parsed parsed(invite(lines));
    return std::string(read_event(parsed.message(), parsed.octets()).value_or("?"));
  };
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("Event: presence\r\n"), "presence");
  EXPECT_EQ(read("o: presence ;id=\"a;b\"\r\n"), "presence");
  EXPECT_EQ(read("Event:\r\n presence.winfo;id=2\r\n"), "presence.winfo");
  EXPECT_EQ(read("EVENT: Presence\r\n"), "Presence") << "as it stands there";
  EXPECT_EQ(read("Event: presence\r\no: dialog\r\n"), "?");
  expect_errors(read_event, "Event",
                {{"", FieldErrorCode::malformed},
                 {";id=1", FieldErrorCode::malformed},
                 {"presence, dialog", FieldErrorCode::malformed},
                 {"presence dialog", FieldErrorCode::malformed},
                 {"presence;", FieldErrorCode::malformed},
                 {".presence", FieldErrorCode::malformed},
                 {"presence.", FieldErrorCode::malformed},
                 {"presence..winfo", FieldErrorCode::malformed},
                 {"\"presence\"", FieldErrorCode::malformed}});
}

// SPIT-MK-01
TEST(SpamScores, Values) {
  const auto read = [](const std::string& lines) {
    const Parsed parsed(invite(lines));
    return read_spam_score(parsed.message(), parsed.octets());
  };
  EXPECT_EQ(read("")->has_value(), false);
  EXPECT_EQ(read("Spam-Score: 0\r\n"), std::uint8_t{0});
  EXPECT_EQ(read("Spam-Score: 100;by=a;detail=\"b=1,c=2\"\r\n"), std::uint8_t{100});
  EXPECT_EQ(read("Spam-Score: 007 ;x\r\n"), std::uint8_t{7});
  EXPECT_EQ(read("Spam-Score: 20;by=a, 80;by=b\r\nSpam-Score: 50\r\n"), std::uint8_t{80}) << "the highest";
  expect_errors(read_spam_score, "Spam-Score",
                {{"", FieldErrorCode::malformed},
                 {";by=a", FieldErrorCode::malformed},
                 {"-1", FieldErrorCode::malformed},
                 {"high", FieldErrorCode::malformed},
                 {"5.5", FieldErrorCode::malformed},
                 {"80 90", FieldErrorCode::malformed},
                 {"80;", FieldErrorCode::malformed},
                 {"0080", FieldErrorCode::malformed},
                 {"101", FieldErrorCode::out_of_range},
                 {"80, 999", FieldErrorCode::out_of_range},
                 {"80;by=\"a", FieldErrorCode::open_quote}});
}

// RFC 3323 4.2, RFC 3325 9.3, RFC 7044 10.1
TEST(Privacies, Values) {
  const auto read = [](const std::string& value) {
    const Parsed parsed(invite("Privacy: " + value + "\r\n"));
    return read_privacy(parsed.message(), parsed.octets());
  };
  const Parsed without(invite());
  EXPECT_FALSE(read_privacy(without.message(), without.octets())->present);
  const auto all = read("ID; header;session ;user;\r\n history;critical;new;newer");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->present && all->id && all->header && all->session && all->user && all->history && all->critical);
  EXPECT_FALSE(all->none);
  EXPECT_EQ(all->others, 2);
  EXPECT_TRUE(read("none")->none);
  for (const std::string bad : {"", ";", "id;", ";id", "id;;user", "id, user", "id user", "\"id\""}) {
    EXPECT_EQ(read(bad).error().code, FieldErrorCode::malformed) << bad;
  }
  EXPECT_EQ(read("id;ID").error().code, FieldErrorCode::duplicate);
  EXPECT_EQ(read("none;id").error().code, FieldErrorCode::contradiction);
  EXPECT_EQ(read("new;none").error().code, FieldErrorCode::contradiction);
  std::string many = "a";
  for (int i = 0; i < 300; ++i) {
    many += ";a" + std::to_string(i);
  }
  EXPECT_EQ(read(many)->others, 255);
}

// RFC 3261 20.9, RFC 9796; STIR-RC-05: what to strip is found.
TEST(CallInfos, Values) {
  const Parsed parsed(
      invite("Call-Info: <https://a.example/i.png> ;purpose=icon,<data:text/plain;x,y>;purpose=other\r\n"
             "Call-Info: <https://a.example/c>;purpose=JCARD;call-reason=\"On \\\"time\\\"\";verified=\"true\""
             ";integrity=\"sha256-abc\"\r\nCall-Info: <urn:x>\r\n"));
  const auto infos = read_call_infos(parsed.message(), parsed.octets());
  ASSERT_TRUE(infos);
  ASSERT_EQ(infos->size(), 4U);
  EXPECT_EQ(parsed.text((*infos)[0].uri), "https://a.example/i.png");
  EXPECT_EQ((*infos)[0].known_purpose, CallInfoPurpose::icon);
  EXPECT_EQ(parsed.text((*infos)[1].uri), "data:text/plain;x,y");
  EXPECT_EQ((*infos)[1].known_purpose, CallInfoPurpose::other);
  EXPECT_EQ((*infos)[2].known_purpose, CallInfoPurpose::jcard);
  EXPECT_EQ(parsed.text((*infos)[2].call_reason), "On \\\"time\\\"");
  EXPECT_EQ(parsed.text((*infos)[2].verified), "true");
  EXPECT_EQ(parsed.text((*infos)[2].whole_verified), ";verified=\"true\"");
  EXPECT_EQ(parsed.text((*infos)[2].integrity), "sha256-abc");
  EXPECT_EQ((*infos)[3].known_purpose, CallInfoPurpose::unsaid);
  for (const auto& [name, purpose] : {std::pair("info", CallInfoPurpose::info),
                                      {"card", CallInfoPurpose::card},
                                      {"jwscard", CallInfoPurpose::jwscard}}) {
    const Parsed one(invite("Call-Info: <a:b>;purpose=" + std::string(name) + "\r\n"));
    EXPECT_EQ((*read_call_infos(one.message(), one.octets()))[0].known_purpose, purpose);
  }
}

TEST(CallInfos, Errors) {
  expect_errors(read_call_infos, "Call-Info",
                {{"", FieldErrorCode::malformed},
                 {"https://a", FieldErrorCode::malformed},
                 {"x <https://a>", FieldErrorCode::malformed},
                 {"<>", FieldErrorCode::bad_uri},
                 {"<nothing>", FieldErrorCode::bad_uri},
                 {"<a: b>", FieldErrorCode::bad_uri},
                 {"<a:b>;", FieldErrorCode::malformed},
                 {"<a:b> x", FieldErrorCode::malformed},
                 {"<a:b>;purpose=\"icon\"", FieldErrorCode::malformed},
                 {"<a:b>;purpose=icon;purpose=icon", FieldErrorCode::duplicate},
                 {"<a:b>;call-reason=soon", FieldErrorCode::malformed},
                 {"<a:b>;verified=true;Verified=true", FieldErrorCode::duplicate},
                 {"<a:b>;integrity=<x>", FieldErrorCode::malformed},
                 {"<a:b", FieldErrorCode::open_quote},
                 {"<a:b>;call-reason=\"x", FieldErrorCode::open_quote}});
  expect_at_most(read_call_infos, "Call-Info", "<a:b>", kMaxCallInfos);
}

// RFC 6809 6.3
TEST(FeatureCaps, Values) {
  const Parsed parsed(
      invite("Feature-Caps: *;+g.3gpp.verstat;+g.3gpp.atcf=\"<sip:a@b>,c\"\r\nFeature-Caps: *, * ;+x=\"\"\r\n"));
  const auto caps = read_feature_caps(parsed.message(), parsed.octets());
  ASSERT_TRUE(caps);
  ASSERT_EQ(caps->size(), 3U);
  const FeatureCap* const verstat = find_feature_cap(*caps, parsed.octets(), "G.3GPP.verstat");
  ASSERT_NE(verstat, nullptr);
  EXPECT_FALSE(verstat->valued);
  EXPECT_EQ(parsed.text((*caps)[1].value), "<sip:a@b>,c");
  EXPECT_TRUE((*caps)[2].valued);
  EXPECT_EQ(find_feature_cap(*caps, parsed.octets(), "g.3gpp"), nullptr);
  expect_errors(read_feature_caps, "Feature-Caps",
                {{"", FieldErrorCode::malformed},
                 {"+x", FieldErrorCode::malformed},
                 {"*;", FieldErrorCode::malformed},
                 {"*+x", FieldErrorCode::malformed},
                 {"*;x", FieldErrorCode::malformed},
                 {"*;+", FieldErrorCode::malformed},
                 {"*;+x=y", FieldErrorCode::malformed},
                 {"*;+x=\"y", FieldErrorCode::open_quote}});
  expect_at_most(read_feature_caps, "Feature-Caps", "*;+x", kMaxFeatureCaps);
}

// RFC 3261 20.11
TEST(ContentDispositions, Values) {
  const auto read = [](const std::string& value) {
    return read_content_disposition(value, {0, static_cast<std::uint16_t>(value.size())});
  };
  EXPECT_EQ(read("session")->known, Disposition::session);
  EXPECT_FALSE(read("session")->optional);
  EXPECT_EQ(read("RENDER;handling=required")->known, Disposition::render);
  EXPECT_FALSE(read("RENDER;handling=required")->optional);
  EXPECT_TRUE(read("alert ; Handling=OPTIONAL;x=\"y\"")->optional);
  EXPECT_EQ(read("icon")->known, Disposition::icon);
  EXPECT_EQ(read("early-session")->known, Disposition::early_session);
  EXPECT_EQ(read("by-reference")->known, Disposition::by_reference);
  EXPECT_EQ(read("attachment;filename=\"a\"")->known, Disposition::other);
  for (const std::string bad : {"", ";", "session;", "session x", "\"session\"", "session;handling=\"optional\""}) {
    EXPECT_EQ(read(bad).error().code, FieldErrorCode::malformed) << bad;
  }
  EXPECT_EQ(read("session;handling=a;handling=a").error().code, FieldErrorCode::duplicate);
  EXPECT_EQ(read("session;x=\"").error().code, FieldErrorCode::open_quote);
  EXPECT_EQ(read_content_disposition("x", {0, 2}).error().code, FieldErrorCode::malformed);
}

// RFC 3261 20.32, 20.37
TEST(OptionTags, Values) {
  const Parsed parsed(
      invite("Require: 100rel, Replaces\r\nRequire: timer\r\nk:\r\nSupported: path\r\nProxy-Require: sec-agree\r\n"));
  const auto require = read_option_tags(parsed.message(), parsed.octets(), HeaderId::require);
  ASSERT_TRUE(require);
  EXPECT_EQ(require->size(), 3U);
  EXPECT_TRUE(has_option_tag(*require, parsed.octets(), "replaces"));
  EXPECT_FALSE(has_option_tag(*require, parsed.octets(), "path"));
  EXPECT_EQ(read_option_tags(parsed.message(), parsed.octets(), HeaderId::supported)->size(), 1U);
  EXPECT_EQ(read_option_tags(parsed.message(), parsed.octets(), HeaderId::proxy_require)->size(), 1U);
  const auto read_require = [](const Message& message, std::string_view octets) {
    return read_option_tags(message, octets, HeaderId::require);
  };
  expect_errors(read_require, "Require",
                {{"", FieldErrorCode::malformed},
                 {"a,,b", FieldErrorCode::malformed},
                 {"a b", FieldErrorCode::malformed},
                 {"a;b", FieldErrorCode::malformed},
                 {"\"a", FieldErrorCode::malformed}});
  expect_at_most(read_require, "Require", "a", kMaxOptionTags);
}

// RFC 3261 20.36, 7.3.1
TEST(Subjects, Values) {
  std::array<char, kMaxSubjectBytes> buffer{};
  const auto read = [&buffer](const std::string& lines) {
    const Parsed parsed(invite(lines));
    const auto subject = read_subject(parsed.message(), parsed.octets(), buffer);
    return subject ? std::string(*subject) : std::string(to_string(subject.error().code));
  };
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("s:\r\n"), "");
  EXPECT_EQ(read("Subject:  Need   more boxes \r\n"), "Need   more boxes");
  EXPECT_EQ(read("Subject: Need \r\n \t more\r\n\tboxes\r\n"), "Need more boxes");
  EXPECT_EQ(read("Subject: Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x93\x9E\r\n"), "Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x93\x9E");
  EXPECT_EQ(read("Subject: a\r\ns: b\r\n"), "DUPLICATE");
  EXPECT_EQ(read("Subject: " + std::string(kMaxSubjectBytes, 'x') + "\r\n").size(), kMaxSubjectBytes);
  EXPECT_EQ(read("Subject: " + std::string(kMaxSubjectBytes + 1, 'x') + "\r\n"), "TOO_LONG");
  EXPECT_EQ(read("Subject: a\r\n " + std::string(kMaxSubjectBytes - 2, 'x') + "\r\n").size(), kMaxSubjectBytes);
  EXPECT_EQ(read("Subject: a\r\n " + std::string(kMaxSubjectBytes - 1, 'x') + "\r\n"), "TOO_LONG");
  EXPECT_EQ(read("Subject: a" + std::string(40'000, ' ') + "\r\n b\r\n"), "a b");
  for (const std::string bad : {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xE2\x82",
                                "\xE2\x82z", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(read("Subject: x" + bad + "\r\n"), "NOT_UTF8") << bad;
  }
}

}  // namespace
}  // namespace stirline::sip::test::headers_test
