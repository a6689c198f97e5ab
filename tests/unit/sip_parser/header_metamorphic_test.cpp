// Folds, blanks, the case of names and the distribution over lines do not change what the readers of header fields
// tell.
#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sip_parser/headers/call_info.hpp"
#include "sip_parser/headers/diversion.hpp"
#include "sip_parser/headers/feature_caps.hpp"
#include "sip_parser/headers/history_info.hpp"
#include "sip_parser/headers/option_tags.hpp"
#include "sip_parser/headers/privacy.hpp"
#include "sip_parser/headers/reason.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::header_metamorphic_test {
namespace {

struct Field {
  std::string name;
  std::vector<std::string> values;
};

// Values as they stand between commas; ';' and '=' outside quotes and brackets may have blanks around them.
std::vector<Field> fields() {
  return {
      {"Reason", {"Q.850;cause=16;text=\"a;b, c\"", "SIP;cause=302"}},
      {"Diversion", {"\"B, b\" <sip:+1215@b;x=y>;reason=unconditional;counter=2;privacy=full", "<tel:+1216>;limit=3"}},
      {"History-Info", {"<sip:b@c?Reason=SIP%3Bcause%3D302>;index=1", "<sip:d@e;cause=302>;index=1.1;mp=1"}},
      {"Resource-Priority", {"ets.0", "wps.1"}},
      {"Call-Info", {"<https://a/i;x,y>;purpose=icon", "<a:b>;purpose=jcard;verified=\"true\";call-reason=\"x;y\""}},
      {"Feature-Caps", {"*;+g.3gpp.verstat;+x=\"<sip:a,b>\"", "*;+y"}},
      {"Supported", {"100rel", "timer"}},
  };
}

template <typename List, typename Tell>
void add(std::string& told, const std::expected<List, FieldError>& list, Tell&& tell) {
  ASSERT_TRUE(list) << to_string(list.error().code) << " of " << name_of(list.error().header);
  for (const auto& value : list->view()) {
    told += "|";
    tell(value);
  }
  told += "\n";
}

std::string told(const std::string& octets) {
  const Parsed parsed(octets);
  EXPECT_TRUE(parsed.ok()) << to_string(parsed.code()) << octets;
  const Message& message = parsed.message();
  const std::string_view text = parsed.octets();
  std::string result;
  const auto say = [&](Span span) { result.append(parsed.text(span)).append(" "); };
  const auto count = [&](std::optional<std::uint16_t> number) {
    result += number ? std::to_string(*number) + " " : "- ";
  };
  add(result, read_reasons(message, text), [&](const Reason& reason) {
    say(reason.protocol);
    count(reason.cause);
    say(reason.text);
  });
  add(result, read_diversions(message, text), [&](const Diversion& diversion) {
    say(diversion.party.uri.whole);
    say(diversion.reason);
    count(diversion.counter);
    count(diversion.limit);
    say(diversion.privacy);
  });
  add(result, read_history(message, text), [&](const HistoryEntry& entry) {
    say(entry.party.uri.whole);
    say(entry.index);
    say(entry.origin_index);
    say(entry.reason);
    count(entry.cause);
  });
  add(result, read_resource_priorities(message, text), [&](const ResourcePriority& value) { say(value.whole); });
  add(result, read_call_infos(message, text), [&](const CallInfo& info) {
    say(info.uri);
    say(info.purpose);
    say(info.verified);
    say(info.call_reason);
  });
  add(result, read_feature_caps(message, text), [&](const FeatureCap& cap) {
    say(cap.name);
    say(cap.value);
  });
  add(result, read_option_tags(message, text, HeaderId::supported), [&](Span tag) { say(tag); });
  return result;
}

std::string joined(const std::vector<Field>& fields, std::string_view colon = ": ", std::string_view comma = ", ") {
  std::string lines;
  for (const Field& field : fields) {
    lines.append(field.name).append(colon);
    for (std::size_t i = 0; i < field.values.size(); ++i) {
      lines.append(i == 0 ? "" : comma).append(field.values[i]);
    }
    lines += "\r\n";
  }
  return invite(lines);
}

// `blanks` on both sides of each `separator` outside quotes and brackets.
std::string spaced(const std::string& value, char separator, std::string_view blanks) {
  std::string result;
  bool quoted = false;
  bool bracketed = false;
  for (const char c : value) {
    quoted = quoted != (c == '"' && !bracketed);
    bracketed = !quoted && (c == '<' || (bracketed && c != '>'));
    if (c == separator && !quoted && !bracketed) {
      result.append(blanks).append(1, c).append(blanks);
    } else {
      result += c;
    }
  }
  return result;
}

const std::string& expected() {
  static const std::string result = told(joined(fields()));
  return result;
}

TEST(HeaderMetamorphic, TheFieldsAreRead) {
  EXPECT_EQ(std::ranges::count(expected(), '|'), 15);
  EXPECT_NE(expected().find("|SIP 302"), std::string::npos) << expected();
}

TEST(HeaderMetamorphic, BlanksAndFolds) {
  for (const std::string_view blanks : {" ", "\t ", "\r\n ", " \r\n\t"}) {
    EXPECT_EQ(told(joined(fields(), std::string(":") + std::string(blanks))), expected());
    EXPECT_EQ(told(joined(fields(), ": ", std::string(blanks) + ",")), expected());
    EXPECT_EQ(told(joined(fields(), ": ", "," + std::string(blanks))), expected());
    for (const char separator : {';', '='}) {
      std::vector<Field> changed = fields();
      for (Field& field : changed) {
        for (std::string& value : field.values) {
          value = spaced(value, separator, blanks);
        }
      }
      EXPECT_EQ(told(joined(changed)), expected()) << separator;
    }
  }
}

TEST(HeaderMetamorphic, NamesInAnyCaseAndCompact) {
  std::vector<Field> changed = fields();
  for (Field& field : changed) {
    std::ranges::transform(field.name, field.name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  }
  EXPECT_EQ(told(joined(changed)), expected());
  changed.back().name = "k";
  EXPECT_EQ(told(joined(changed)), expected());
}

TEST(HeaderMetamorphic, ValuesInLinesOfTheirOwn) {
  std::vector<Field> apart;
  for (const Field& field : fields()) {
    for (const std::string& value : field.values) {
      apart.push_back({field.name, {value}});
    }
  }
  EXPECT_EQ(told(joined(apart)), expected());
}

// RFC 3323 4.2: values between semicolons, in any order and case.
TEST(HeaderMetamorphic, Privacy) {
  for (const std::string_view value : {"id;user;critical", "critical ;\r\n USER; id", "Id\t;\tcritical;user"}) {
    const Parsed parsed(invite("PRIVACY :" + std::string(value) + "\r\n"));
    const auto privacy = read_privacy(parsed.message(), parsed.octets());
    ASSERT_TRUE(privacy) << value;
    EXPECT_TRUE(privacy->id && privacy->user && privacy->critical && !privacy->header && !privacy->session);
  }
}

}  // namespace
}  // namespace stirline::sip::test::header_metamorphic_test
