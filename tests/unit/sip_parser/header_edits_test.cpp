// INL-ED-01: whole header lines go in, out and in each other's place, and nothing else with them.
#include "sip_parser/header_edits.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::header_edits_test {
namespace {

using std::string_view_literals::operator""sv;

std::string applied(const EditList& edits, std::string_view original) {
  std::string out(edits.result_size(original.size()), '?');
  EXPECT_EQ(edits.apply(original, out), out.size());
  return out;
}

TEST(HeaderEdits, WhatIsOneHeaderLine) {
  for (const std::string_view line : {"X: y\r\n", "X:\r\n", "X:y\tz\r\n", "x-!%*_+`'~.: \xC3\xA4\r\n"}) {
    EXPECT_TRUE(is_header_line(line)) << line;
  }
  for (const std::string_view line :
       {""sv, "\r\n"sv, "X\r\n"sv, ": y\r\n"sv, "X : y\r\n"sv, "X: y"sv, "X: y\n"sv, "X: y\r"sv, "X:\r"sv,
        "X: y\r\n\r\n"sv, "X: y\r\nZ: evil\r\n"sv, "X: y\nZ: evil\r\n"sv, "X: y\rZ: evil\r\n"sv, "X: y\r\n z\r\n"sv,
        "X: \0\r\n"sv, "X: \x7F\r\n"sv, " X: y\r\n"sv, "X Z: y\r\n"sv}) {
    EXPECT_FALSE(is_header_line(line)) << line;
  }
}

// In front of the blank line, in front of Content-Length, behind the Via block: as configured.
TEST(HeaderEdits, InsertsWhereConfigured) {
  const std::string octets = invite("X: y\r\nContent-Length: 4\r\nZ: last\r\n", "body");
  const Parsed parsed(octets);
  const std::string line = "Identity: a.b.c;info=<https://x>\r\n";
  const auto inserted = [&](InsertPosition position) {
    EditList edits;
    EXPECT_TRUE(insert_line(edits, parsed.message(), position, line));
    EXPECT_EQ(edits.edits().size(), 1U);
    return applied(edits, octets);
  };
  EXPECT_EQ(inserted(InsertPosition::before_blank_line),
            invite("X: y\r\nContent-Length: 4\r\nZ: last\r\n" + line, "body"));
  EXPECT_EQ(inserted(InsertPosition::before_content_length),
            invite("X: y\r\n" + line + "Content-Length: 4\r\nZ: last\r\n", "body"));
  std::string behind_via = octets;
  behind_via.insert(behind_via.find("Max-Forwards"), line);
  EXPECT_EQ(inserted(InsertPosition::after_via), behind_via);
  for (const std::string& edited : {inserted(InsertPosition::before_blank_line), behind_via}) {
    const Parsed again(edited);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again.message().identities().size(), 1U);
    EXPECT_EQ(again.text(again.message().body()), "body");
  }
}

TEST(HeaderEdits, InjectionIsRefused) {
  const Parsed parsed(invite("X: y\r\n"));
  EditList edits;
  const std::string_view evil = "X: y\r\nFrom: <sip:evil@x>\r\n";
  EXPECT_FALSE(insert_line(edits, parsed.message(), InsertPosition::before_blank_line, evil));
  EXPECT_FALSE(replace_line(edits, parsed.message().headers().back(), evil));
  EXPECT_TRUE(edits.empty());
}

// A folded line goes with its continuation lines: no line of blanks is left that would end the header block for some.
TEST(HeaderEdits, ReplacesAFoldedLine) {
  const std::string octets = invite("X:\r\n folded\r\n\tvalue\r\nY: z\r\n");
  const Parsed parsed(octets);
  EditList edits;
  const auto headers = parsed.message().headers();
  ASSERT_TRUE(replace_line(edits, headers[headers.size() - 2], "X:\r\n"));
  EXPECT_FALSE(replace_line(edits, headers[headers.size() - 2], "X: again\r\n"));
  EXPECT_EQ(applied(edits, octets), invite("X:\r\nY: z\r\n"));
}

TEST(HeaderEdits, RemovesEveryFieldOfAName) {
  const std::string octets = invite("s: a\r\n b\r\nX: y\r\nSubject: c\r\nSUBJECT : d\r\nl: 2\r\n", "ok");
  const Parsed parsed(octets);
  EditList edits;
  ASSERT_TRUE(remove_lines(edits, parsed.message(), HeaderId::subject));
  ASSERT_TRUE(remove_lines(edits, parsed.message(), HeaderId::reason));
  EXPECT_EQ(applied(edits, octets), invite("X: y\r\nl: 2\r\n", "ok"));
}

TEST(HeaderEdits, RemovesAllOrNone) {
  std::string lines;
  for (std::size_t i = 0; i <= EditList::kMaxEdits; ++i) {
    lines += "Reason: SIP\r\n";
  }
  const Parsed parsed(invite(lines));
  EditList edits;
  ASSERT_TRUE(edits.insert(0, "x"));
  EXPECT_FALSE(remove_lines(edits, parsed.message(), HeaderId::reason));
  EXPECT_EQ(edits.edits().size(), 1U);
}

}  // namespace
}  // namespace stirline::sip::test::header_edits_test
