// Changes that RFC 3261 calls equal: compact names, folds, blanks, the case of names. The fields stay what they are.
#include <cctype>
#include <functional>
#include <iterator>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "sip_parser/fields.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::metamorphic_test {
namespace {

struct Line {
  std::string name;
  std::string value;
};

struct Taken {
  std::string start;
  std::vector<Line> lines;
  std::string body;
};

Taken take_apart(const Parsed& parsed) {
  Taken taken;
  const auto headers = parsed.message().headers();
  taken.start = parsed.octets().substr(0, headers.front().whole().offset);
  for (const HeaderLine& line : headers) {
    taken.lines.push_back({std::string(parsed.text(line.name())), std::string(parsed.text(line.value()))});
  }
  taken.body = parsed.octets().substr(parsed.message().blank_line() + 2U);
  return taken;
}

std::string put_together(const Taken& taken, std::string_view colon = ": ") {
  std::string octets = taken.start;
  for (const Line& line : taken.lines) {
    octets.append(line.name).append(colon).append(line.value).append("\r\n");
  }
  return octets + "\r\n" + taken.body;
}

char compact_of(HeaderId id) {
  switch (id) {
    case HeaderId::via:
      return 'v';
    case HeaderId::from:
      return 'f';
    case HeaderId::to:
      return 't';
    case HeaderId::call_id:
      return 'i';
    case HeaderId::contact:
      return 'm';
    case HeaderId::identity:
      return 'y';
    case HeaderId::content_type:
      return 'c';
    case HeaderId::content_length:
      return 'l';
    case HeaderId::supported:
      return 'k';
    case HeaderId::subject:
      return 's';
    case HeaderId::content_encoding:
      return 'e';
    default:
      return '\0';
  }
}

// Puts `blanks` in front of and behind each semicolon that stands outside quotes and brackets, in place of what is
// there: two folds in a row would be a line of blanks only.
std::string around_semicolons(const std::string& value, std::string_view blanks) {
  std::string result;
  bool quoted = false;
  bool bracketed = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted && c == '\\') {
      result += c;
      result += value[++i];
      continue;
    }
    quoted = quoted != (c == '"' && !bracketed);
    bracketed = !quoted && (c == '<' || (bracketed && c != '>'));
    if (c == ';' && !quoted && !bracketed) {
      result.erase(result.find_last_not_of(" \t\r\n") + 1);
      result.append(blanks).append(";").append(blanks);
      i = value.find_first_not_of(" \t\r\n", i + 1) - 1;
    } else {
      result += c;
    }
  }
  return result;
}

bool has_parameters(HeaderId id) {
  return id == HeaderId::via || id == HeaderId::from || id == HeaderId::to || id == HeaderId::contact ||
         id == HeaderId::p_asserted_identity;
}

// Own messages, and those of the carrier corpus where it is at hand.
std::vector<std::string> originals() {
  std::vector<std::string> result = {
      invite(
          "Contact: \"a;b\" <sip:c@d;e=f>;expires=5\r\nP-Asserted-Identity: <sip:+1215@x>\r\n"
          "Identity: eyJh.eyJi.c2ln;info=<https://x>\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\nContent-Length: 0\r\n"),
      "MESSAGE sip:b@c SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bKs\r\nf: <sip:a@b>;tag=1\r\nt: <sip:b@c>\r\ni: "
      "short@h\r\n"
      "CSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nc: text/plain\r\nl: 2\r\n\r\nhi",
      "SIP/2.0 486 Busy Here\r\n" + kVia + kVia + kFrom + "To: sip:b@c;tag=9\r\n" + kCallId + kCseq + "\r\n",
  };
  if (const auto folder = stirline::test::test_data("corpus/carrier")) {
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
      if (entry.path().extension() == ".sip") {
        result.push_back(stirline::test::read_file(entry.path()));
      }
    }
  }
  return result;
}

void expect_same_fields(const std::function<std::string(Taken)>& change, bool changes_something = true) {
  std::size_t changes = 0;
  for (const std::string& original : originals()) {
    const Parsed before(original);
    ASSERT_TRUE(before.ok());
    const std::string changed = change(take_apart(before));
    changes += changed != original ? 1U : 0U;
    const Parsed after(changed);
    ASSERT_TRUE(after.ok()) << to_string(after.code()) << "\n" << changed;
    ASSERT_EQ(fields_of(after.message(), after.octets()), fields_of(before.message(), before.octets())) << changed;
    ASSERT_EQ(after.message().identities_seen(), before.message().identities_seen());
  }
  EXPECT_TRUE(!changes_something || changes != 0);
}

TEST(Metamorphic, TakingApartAndTogether) {
  expect_same_fields([](const Taken& taken) { return put_together(taken); }, false);
}

TEST(Metamorphic, CompactNames) {
  expect_same_fields([](Taken taken) {
    for (Line& line : taken.lines) {
      if (const char compact = compact_of(header_id(line.name)); compact != '\0') {
        line.name = std::string(1, compact);
      }
    }
    return put_together(taken);
  });
}

TEST(Metamorphic, LongNames) {
  expect_same_fields([](Taken taken) {
    for (Line& line : taken.lines) {
      if (const HeaderId id = header_id(line.name); id != HeaderId::unknown) {
        line.name = name_of(id);
      }
    }
    return put_together(taken);
  });
}

TEST(Metamorphic, CaseOfNames) {
  expect_same_fields([](Taken taken) {
    std::mt19937 random(1);
    for (Line& line : taken.lines) {
      for (char& c : line.name) {
        c = static_cast<char>(random() % 2 == 0 ? std::toupper(static_cast<unsigned char>(c))
                                                : std::tolower(static_cast<unsigned char>(c)));
      }
    }
    return put_together(taken);
  });
}

TEST(Metamorphic, BlanksAroundTheColon) {
  expect_same_fields([](const Taken& taken) { return put_together(taken, " \t : \t"); });
  expect_same_fields([](const Taken& taken) { return put_together(taken, ":"); });
}

TEST(Metamorphic, FoldAfterTheColon) {
  expect_same_fields([](const Taken& taken) { return put_together(taken, ":\r\n "); });
}

TEST(Metamorphic, BlanksAndFoldsAroundSemicolons) {
  for (const std::string_view blanks : {" ", "\t \t", "\r\n ", " \r\n\t"}) {
    expect_same_fields([blanks](Taken taken) {
      for (Line& line : taken.lines) {
        if (has_parameters(header_id(line.name))) {
          line.value = around_semicolons(line.value, blanks);
        }
      }
      return put_together(taken);
    });
  }
}

// Several Vias in one line or in many.
TEST(Metamorphic, JoinedVias) {
  expect_same_fields([](Taken taken) {
    std::vector<Line> joined;
    for (const Line& line : taken.lines) {
      if (!joined.empty() && header_id(line.name) == HeaderId::via && header_id(joined.back().name) == HeaderId::via) {
        joined.back().value += " , " + line.value;
      } else {
        joined.push_back(line);
      }
    }
    taken.lines = joined;
    return put_together(taken);
  });
}

// Fields of different names may stand in any order.
TEST(Metamorphic, OrderOfDifferentHeaders) {
  expect_same_fields([](Taken taken) {
    std::vector<Line> ordered;
    for (std::size_t id = 0; id < kHeaderIds; ++id) {
      std::ranges::copy_if(taken.lines, std::back_inserter(ordered),
                           [id](const Line& line) { return static_cast<std::size_t>(header_id(line.name)) == id; });
    }
    taken.lines = ordered;
    return put_together(taken);
  });
}

TEST(Metamorphic, UnknownHeadersAreInvisible) {
  expect_same_fields([](Taken taken) {
    std::vector<Line> lines;
    for (const Line& line : taken.lines) {
      lines.push_back({"X-Noise", "<\"unbalanced, ;; From: <sip:a@b>"});
      lines.push_back(line);
    }
    taken.lines = lines;
    return put_together(taken);
  });
}

}  // namespace
}  // namespace stirline::sip::test::metamorphic_test
