// What a rule takes out of a request (SPIT-PL-03): header fields by name, parts of its body by media type.
#include "config/policy/message_cuts.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/policy/removable_fields.hpp"
#include "sip_parser/body/body_parts.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::message_cuts_test {
namespace {

std::string request(std::string_view lines, std::string_view body, bool with_length = true) {
  return fmt::format(
      "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
      "From: <sip:alice@example.org>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n{}{}\r\n{}",
      lines, with_length ? fmt::format("Content-Length: {}\r\n", body.size()) : std::string(), body);
}

std::string part(std::string_view type, std::string_view content) {
  return fmt::format("--b\r\nContent-Type: {}\r\n\r\n{}\r\n", type, content);
}

struct CutMessage {
  std::string text;
  Cuts cuts;
};

CutMessage cut_out(const std::string& octets, const std::vector<std::string>& headers,
                   const std::vector<std::string>& types) {
  Rule rule = test::rule("r", Handling::allow);
  rule.actions.strip_headers = headers;
  rule.actions.remove_body_parts = types;
  const test::OpenedRules rules = test::opened({.rules = {rule}});
  EXPECT_EQ(has_cuts(rules.set, 0), !headers.empty() || !types.empty());
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(octets)) << octets;
  LengthText length;
  sip::EditList edits;
  CutMessage cut_message;
  cut_message.cuts = cut(rules.set, 0, *message, octets, length, edits);
  cut_message.text.resize(octets.size() + 8);
  cut_message.text.resize(edits.apply(octets, cut_message.text));
  // Whatever went, the rest is a message, and its length is right.
  EXPECT_TRUE(message->parse(cut_message.text)) << cut_message.text;
  EXPECT_EQ(message->body().end(), cut_message.text.size());
  return cut_message;
}

TEST(MessageCuts, FieldsGoByNameInAnyForm) {
  const std::string lines =
      "Subject: one\r\nX-Note: a\r\n b\r\ns : two\r\nCall-Info: <http://x.example>\r\nx-NOTE:\r\n";
  const CutMessage cut_message = cut_out(request(lines, ""), {"subject", "x-note"}, {});
  EXPECT_EQ(cut_message.text, request("Call-Info: <http://x.example>\r\n", ""));
  EXPECT_EQ(cut_message.cuts.fields, 4U);
  EXPECT_EQ(cut_out(request(lines, ""), {"x-not", "x-notes", "call"}, {}).text, request(lines, ""))
      << "no part of a name";
  EXPECT_EQ(cut_out(request("j: a\r\nReject-Contact: b\r\nb: c\r\n", ""), {"reject-contact"}, {}).text,
            request("b: c\r\n", ""))
      << "compact names that the parser does not know";
}

TEST(MessageCuts, FieldsThatAreNeededStay) {
  for (const char* const name : {"via",
                                 "from",
                                 "to",
                                 "call-id",
                                 "cseq",
                                 "max-forwards",
                                 "contact",
                                 "route",
                                 "record-route",
                                 "require",
                                 "proxy-require",
                                 "content-length",
                                 "content-type",
                                 "identity",
                                 "date",
                                 "privacy",
                                 "p-asserted-identity",
                                 "spam-score",
                                 "proxy-authorization",
                                 "v",
                                 "s",
                                 "Subject",
                                 "",
                                 "a b",
                                 "a:"}) {
    EXPECT_FALSE(is_removable_field(name)) << name;
  }
  EXPECT_TRUE(is_removable_field("subject"));
  EXPECT_TRUE(is_removable_field("x-!%*_+`'~."));
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    const std::string_view name(&letter, 1);
    EXPECT_EQ(is_field(name, long_field_name(name)), true);
    EXPECT_FALSE(is_field("subject", name));
  }
  EXPECT_EQ(long_field_name("y"), "identity");
  EXPECT_TRUE(is_field("S", "subject"));
  EXPECT_TRUE(is_field("SUBJECT", "subject"));
}

TEST(MessageCuts, PartsGoByTypeWithTheirDelimiters) {
  const std::string text = part("text/plain;charset=utf-8", "hello");
  const std::string picture = part("Image/PNG", "\x89PNG");
  const std::string type = "Content-Type: multipart/mixed;boundary=b\r\n";
  const auto body = [](const std::string& parts) { return "preamble\r\n" + parts + "--b--\r\nepilogue"; };
  for (const char* const range : {"image/png", "image/*"}) {
    for (const std::string& all : {picture + text, text + picture, picture + text + picture + picture}) {
      const CutMessage cut_message = cut_out(request(type, body(all)), {}, {range});
      EXPECT_EQ(cut_message.text, request(type, body(text))) << all;
      EXPECT_EQ(cut_message.cuts.parts, (all.size() - text.size()) / picture.size());
    }
  }
  const std::string both = request(type, body(picture + text));
  EXPECT_EQ(cut_out(both, {}, {"image/gif", "video/*"}).text, both);
  const std::string endless = request(type, "--b\r\n\r\nx\r\n" + picture + "--b--", false);
  EXPECT_EQ(cut_out(endless, {}, {"image/png"}).text, request(type, "--b\r\n\r\nx\r\n--b--", false))
      << "without Content-Length there is none to correct";
}

TEST(MessageCuts, AWholeBodyTakesItsDescriptionAlong) {
  const std::string lines = "c: text/html\r\nSubject: x\r\nContent-Disposition: render\r\n";
  EXPECT_EQ(cut_out(request(lines, "<p>"), {}, {"text/html"}).text, request("Subject: x\r\n", ""));
  EXPECT_EQ(cut_out(request(lines, "<p>"), {}, {"*/*"}).cuts.parts, 1U);
  const std::string type = "Content-Type: multipart/mixed;boundary=b\r\n";
  const std::string pictures = part("image/png", "1") + part("image/gif", "2") + "--b--";
  EXPECT_EQ(cut_out(request(type, pictures), {}, {"image/*"}).text, request("", "")) << "no part is left";
  EXPECT_EQ(cut_out(request(type, pictures), {}, {"multipart/*"}).text, request("", ""));
  EXPECT_EQ(cut_out(request(type, pictures, false), {}, {"image/*"}).text, request("", "", false));
}

TEST(MessageCuts, NestedParts) {
  const std::string type = "Content-Type: multipart/mixed;boundary=b\r\n";
  const auto inner = [](const std::string& parts) {
    return "--b\r\nContent-Type: multipart/alternative;boundary=i\r\n\r\n" + parts + "--i--\r\n";
  };
  const std::string html = "--i\r\nContent-Type: text/html\r\n\r\n<p>\r\n";
  const std::string plain = "--i\r\n\r\nhello\r\n";
  const std::string picture = part("image/png", "1");
  const std::string all = request(type, inner(html + plain) + picture + "--b--");
  EXPECT_EQ(cut_out(all, {}, {"text/html"}).text, request(type, inner(plain) + picture + "--b--"));
  EXPECT_EQ(cut_out(all, {}, {"text/html", "text/plain"}).text, request(type, picture + "--b--"))
      << "an inner multipart that loses all goes";
  EXPECT_EQ(cut_out(all, {}, {"text/html", "image/*"}).text, request(type, inner(plain) + "--b--"));
  EXPECT_EQ(cut_out(all, {}, {"multipart/alternative"}).text, request(type, picture + "--b--"));
  const std::string digest = request("Content-Type: multipart/digest;boundary=b\r\n", "--b\r\n\r\nFrom: x\r\n--b--");
  EXPECT_EQ(cut_out(digest, {}, {"text/plain"}).text, digest) << "a message, not text (RFC 2046 5.1.5)";
  EXPECT_EQ(cut_out(digest, {}, {"message/rfc822"}).text, request("", ""));
}

// Without it there is no call.
TEST(MessageCuts, ASessionDescriptionStays) {
  EXPECT_FALSE(is_removable_type("application/sdp"));
  const std::string sdp = part("application/SDP", "v=0\r\n");
  const std::string type = "Content-Type: multipart/mixed;boundary=b\r\n";
  const std::string all = request(type, sdp + part("application/zip", "x") + "--b--");
  EXPECT_EQ(cut_out(all, {}, {"application/*"}).text, request(type, sdp + "--b--"));
  EXPECT_EQ(cut_out(all, {}, {"*/*"}).text, request(type, sdp + "--b--"));
  EXPECT_EQ(cut_out(all, {}, {"multipart/*"}).text, all);
  const std::string alone = request("Content-Type: application/sdp\r\n", "v=0\r\n");
  EXPECT_EQ(cut_out(alone, {}, {"*/*"}).text, alone);
}

TEST(MessageCuts, TypesThatMayBeNamed) {
  for (const char* const range : {"image/png", "image/*", "*/*", "application/vnd.x+xml"}) {
    EXPECT_TRUE(is_removable_type(range)) << range;
  }
  for (const char* const range :
       {"", "image", "image/", "/png", "*/png", "Image/png", "a/b/c", "text/plain;x", "a /b"}) {
    EXPECT_FALSE(is_removable_type(range)) << range;
  }
}

// What two readers could read differently is not touched, and counted.
TEST(MessageCuts, ABodyThatCannotBeReadStays) {
  const std::string type = "Content-Type: multipart/mixed;boundary=b\r\n";
  const std::string picture = part("image/png", "1");
  for (const std::string& octets :
       {request("", "text"), request(type, picture), request(type, picture + "--bb\r\n\r\nx\r\n--b--"),
        request("Content-Type: multipart/mixed\r\n", picture + "--b--"),
        request(type + "Content-Encoding: gzip\r\n", picture + "--b--"), request("Content-Type: ?\r\n", "x")}) {
    const CutMessage cut_message = cut_out(octets, {}, {"*/*"});
    EXPECT_EQ(cut_message.text, octets);
    EXPECT_TRUE(cut_message.cuts.body_unread) << octets;
    EXPECT_EQ(cut_message.cuts.parts, 0U);
  }
  EXPECT_FALSE(cut_out(request("", ""), {}, {"*/*"}).cuts.body_unread) << "there is none";
  EXPECT_FALSE(cut_out(request("", "text"), {"subject"}, {}).cuts.body_unread) << "nobody looks into it";
}

// Lines side by side are one edit; more pieces than there are edits for stay, all of them.
TEST(MessageCuts, MoreThanAnEditListHolds) {
  std::string together;
  std::string apart;
  for (std::size_t i = 0; i < sip::EditList::kMaxEdits + 1; ++i) {
    together += "X-Note: a\r\n";
    apart += "X-Note: a\r\nX-Other: b\r\n";
  }
  EXPECT_EQ(cut_out(request(together, ""), {"x-note"}, {}).text, request("", ""));
  const CutMessage cut_message = cut_out(request(apart + "c: text/plain\r\n", "x"), {"x-note"}, {"text/*"});
  EXPECT_EQ(cut_message.text, request(apart, "")) << "the body goes all the same";
  EXPECT_TRUE(cut_message.cuts.is_incomplete);
  EXPECT_EQ(cut_message.cuts.fields, 0U);
}

}  // namespace
}  // namespace stirline::config::policy::message_cuts_test
