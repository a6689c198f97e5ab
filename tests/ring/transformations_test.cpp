// What rules take out of requests that go on (SPIT-PL-03: strip-header, remove-body-part).
#include <string>

#include <gtest/gtest.h>

#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

class Transformations : public RuledCalls {
 protected:
  static Rule cutting(std::vector<std::string> headers, std::vector<std::string> types) {
    Rule rule = lab_rule("less", Handling::allow);
    rule.actions.strip_headers = std::move(headers);
    rule.actions.remove_body_parts = std::move(types);
    return rule;
  }

  // The call with another body, of that type.
  static std::string with_body(const std::string& message, const std::string& type, const std::string& body) {
    std::string head = message.substr(0, message.find("\r\n\r\n") + 2);
    for (const char* const name : {"Content-Type: ", "Content-Length: "}) {
      const std::string line = header_line(head, name);
      head = line.empty() ? head : replaced(head, line + "\r\n", "");
    }
    return head + "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

TEST_F(Transformations, HeaderFieldsAreTakenOut) {
  const std::string before = delivered(call(1));
  rule_for(1, cutting({"subject", "call-info"}, {}));
  const std::string got = delivered(another(
      with_line(call(1), "Subject: Buy now\r\ns: really\r\nX-Note: stays\r\nCALL-INFO: <http://x.example>"), "2"));
  EXPECT_EQ(got, another(with_line(before, "X-Note: stays"), "2")) << "and nothing else changes";
  EXPECT_EQ(harness_.counter(Counter::fields_cut), 1U);
  // A signed call comes from a crypto core, and gets its mark besides.
  const std::string known = signed_call(1);
  const std::string marked = delivered(another(with_line(known, "Subject: x"), "3"));
  EXPECT_EQ(marked.find("Subject: x"), std::string::npos);
  EXPECT_NE(marked.find(";verstat=TN-Validation-Passed"), std::string::npos);
  EXPECT_EQ(delivered(another(with_line(known, "Subject: x"), "3")), marked) << "a copy goes the same way";
  EXPECT_NE(delivered(with_line(call(2), "Subject: x")).find("Subject: x"), std::string::npos);
}

TEST_F(Transformations, AMarkedCallLosesThemToo) {
  Rule mark = cutting({"subject"}, {});
  mark.actions.handling = Handling::allow_marked;
  mark.actions.display_prefix = "[Spam?] ";
  rule_for(1, mark);
  const std::string got = delivered(with_line(call(1), "Subject: Buy now\r\nSpam-Score: 1;by=somebody"));
  EXPECT_EQ(got.find("Subject"), std::string::npos);
  EXPECT_EQ(header_line(got, "Spam-Score: "), "Spam-Score: 0;by=stirline");
  EXPECT_NE(got.find("From: \"[Spam?] "), std::string::npos);
}

TEST_F(Transformations, PartsOfABodyAreTakenOut) {
  rule_for(1, cutting({}, {"image/*"}));
  const std::string text = "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n";
  const std::string picture = "--b\r\nContent-Type: image/png\r\n\r\nPNG\r\n";
  const std::string type = "multipart/mixed;boundary=b";
  const std::string less = delivered(with_body(call(1), type, text + "--b--"));
  EXPECT_EQ(harness_.counter(Counter::parts_cut), 0U);
  EXPECT_EQ(delivered(another(with_body(call(1), type, picture + text + "--b--"), "2")), another(less, "2"));
  EXPECT_EQ(harness_.counter(Counter::parts_cut), 1U);
  // A body that is of that type goes as a whole.
  const std::string none = delivered(another(with_body(call(1), "image/png", "PNG"), "3"));
  EXPECT_TRUE(none.ends_with("\r\nContent-Length: 0\r\n\r\n")) << none;
  EXPECT_EQ(none.find("Content-Type"), std::string::npos);
  // What cannot be read safely stays.
  const std::string odd = delivered(another(with_body(call(1), type, picture + text), "4"));
  EXPECT_TRUE(odd.ends_with(picture + text));
  EXPECT_EQ(harness_.counter(Counter::bodies_uncut), 1U);
  EXPECT_TRUE(harness_.ledger_balances());
}

// More pieces than an edit has room for: they stay, and what is marked is marked.
TEST_F(Transformations, MoreThanFits) {
  Rule mark = cutting({"x-note"}, {});
  mark.actions.handling = Handling::allow_marked;
  rule_for(1, mark);
  std::string lines = "X-Note: 0";
  for (unsigned i = 1; i < sip::EditList::kMaxEdits; ++i) {
    lines += "\r\nX-Other: " + std::to_string(i) + "\r\nX-Note: " + std::to_string(i);
  }
  const std::string got = delivered(with_line(call(1), lines));
  EXPECT_NE(got.find(lines), std::string::npos);
  EXPECT_NE(got.find("Spam-Score: "), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::cuts_left), 1U);
}

TEST_F(Transformations, NothingIsTakenOutOfAnEmergencyCall) {  // INL-AV-02
  rules_.legal.rules = {cutting({"subject"}, {"*/*"})};
  publish(rules_);
  const std::string called = destination({.number = 1});
  std::string emergency = with_line(call(1), "Subject: fire");
  emergency =
      replaced(emergency, "sip:+" + called + "@gateway.carrier-b.example.net:5060;user=phone", "urn:service:sos");
  EXPECT_NE(delivered(emergency).find("Subject: fire"), std::string::npos);
  EXPECT_EQ(delivered(with_line(call(2), "Subject: fire")).find("Subject: fire"), std::string::npos);
}

}  // namespace
}  // namespace stirline::test
