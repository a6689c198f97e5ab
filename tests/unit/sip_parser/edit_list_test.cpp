// INL-ED-01: minimal, order-preserving edits; parsed again, the message says what was meant.
#include "sip_parser/edit_list.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "sip_parser/fields.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::edit_list_test {
namespace {

std::string applied(const EditList& edits, std::string_view original) {
  std::string out(edits.result_size(original.size()), '?');
  EXPECT_EQ(edits.apply(original, out), out.size());
  std::string pieces;
  edits.for_each_piece(original, [&pieces](std::string_view piece) {
    EXPECT_FALSE(piece.empty());
    pieces += piece;
  });
  EXPECT_EQ(pieces, out);
  return out;
}

TEST(EditList, SplicesInAnyOrder) {
  EditList edits;
  ASSERT_TRUE(edits.replace({6, 2}, "XYZ"));
  ASSERT_TRUE(edits.insert(0, "<"));
  ASSERT_TRUE(edits.insert(10, ">"));
  ASSERT_TRUE(edits.remove({2, 1}));
  EXPECT_EQ(applied(edits, "0123456789"), "<01345XYZ89>");
  EXPECT_EQ(edits.edits().size(), 4U);
  edits.clear();
  EXPECT_TRUE(edits.empty());
  EXPECT_EQ(applied(edits, "0123456789"), "0123456789");
}

TEST(EditList, InsertionsAtOnePlaceKeepTheirOrder) {
  EditList edits;
  ASSERT_TRUE(edits.replace({3, 2}, "R"));
  ASSERT_TRUE(edits.insert(3, "a"));
  ASSERT_TRUE(edits.insert(3, "b"));
  ASSERT_TRUE(edits.insert(5, "c"));
  ASSERT_TRUE(edits.remove({5, 1}));
  ASSERT_TRUE(edits.insert(5, "d"));
  EXPECT_EQ(applied(edits, "0123456789"), "012abRcd6789");
}

TEST(EditList, OverlapsAreRefusedAndChangeNothing) {
  EditList edits;
  ASSERT_TRUE(edits.remove({4, 3}));
  ASSERT_TRUE(edits.remove({7, 1}));
  for (const Span bad : {Span{4, 3}, Span{3, 2}, Span{6, 1}, Span{0, 10}, Span{5, 1}, Span{7, 1}}) {
    EXPECT_FALSE(edits.replace(bad, "x")) << bad.offset;
  }
  EXPECT_FALSE(edits.insert(5, "x"));
  EXPECT_FALSE(edits.insert(6, "x"));
  EXPECT_TRUE(edits.insert(4, "<"));
  EXPECT_TRUE(edits.insert(7, "|"));
  EXPECT_TRUE(edits.insert(8, ">"));
  EXPECT_EQ(applied(edits, "0123456789"), "0123<|>89");
}

TEST(EditList, RefusesMoreThanItHolds) {
  EditList edits;
  for (std::size_t i = 0; i < EditList::kMaxEdits; ++i) {
    ASSERT_TRUE(edits.insert(0, "x"));
  }
  EXPECT_FALSE(edits.insert(0, "y"));
  EXPECT_TRUE(edits.insert(0, ""));  // nothing to do
  EXPECT_EQ(edits.edits().size(), EditList::kMaxEdits);
}

TEST(EditList, ApplyNeverWritesOrReadsOutside) {
  EditList edits;
  ASSERT_TRUE(edits.insert(2, "abc"));
  std::array<char, 4> small{};
  EXPECT_EQ(edits.apply("0123", small), 0U);
  EXPECT_EQ(small[0], '\0');
  std::array<char, 7> right{};
  EXPECT_EQ(edits.apply("0123", right), 7U);
  ASSERT_TRUE(edits.remove({10, 5}));
  std::array<char, 99> large{};
  EXPECT_EQ(edits.apply("0123", large), 0U);
}

// Where a header line may go, message for message.
TEST(EditList, InsertionOffsets) {
  const std::string octets = "INVITE sip:a@b SIP/2.0\r\n" + kFrom + kVia + kVia + kTo + kVia + kCallId + kCseq +
                             "l: 0\r\nSubject: last\r\n\r\n";
  const Parsed parsed(octets);
  ASSERT_TRUE(parsed.ok());
  const auto at = [&parsed](InsertPosition position) {
    return parsed.octets().substr(insertion_offset(parsed.message(), position));
  };
  EXPECT_TRUE(at(InsertPosition::after_via).starts_with(kTo));
  EXPECT_TRUE(at(InsertPosition::before_content_length).starts_with("l: 0\r\n"));
  EXPECT_EQ(at(InsertPosition::before_blank_line), "\r\n");
  const Parsed without(invite());
  EXPECT_EQ(insertion_offset(without.message(), InsertPosition::before_content_length), without.message().blank_line());
}

TEST(EditList, ViaBlockAtTheEnd) {
  const Parsed parsed("SIP/2.0 200 OK\r\n" + kFrom + kTo + kCallId + kCseq + kVia + kVia + "\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(insertion_offset(parsed.message(), InsertPosition::after_via), parsed.message().blank_line());
}

// Insert, parse again: the new fields are there, every other one is as it was, every other octet too.
TEST(EditList, InsertedHeaderParsesBack) {
  const std::string identity = "Identity: eyJh.eyJi.c2ln;info=<https://x.example/c>;ppt=\"shaken\"\r\n";
  const std::string date = "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n";
  const std::string octets = invite("Content-Type: text/plain\r\nl: 5\r\n", "hello");
  const Parsed before(octets);
  ASSERT_TRUE(before.ok());
  for (const auto position :
       {InsertPosition::after_via, InsertPosition::before_content_length, InsertPosition::before_blank_line}) {
    EditList edits;
    const std::uint16_t at = insertion_offset(before.message(), position);
    ASSERT_TRUE(edits.insert(at, identity));
    ASSERT_TRUE(edits.insert(at, date));
    const std::string edited = applied(edits, octets);
    EXPECT_EQ(edited, octets.substr(0, at) + identity + date + octets.substr(at));
    const Parsed after(edited);
    ASSERT_TRUE(after.ok()) << to_string(after.code());
    ASSERT_EQ(after.message().identities().size(), 1U);
    EXPECT_EQ(after.message().identities()[0].error, IdentityError::none);
    EXPECT_EQ(after.message().date(), 1289690940);
    Fields expected = fields_of(before.message(), before.octets());
    expected[17] = "Sat, 13 Nov 2010 23:29:00 GMT";
    expected[16] = std::to_string(identity.size() - 12);
    EXPECT_EQ(fields_of(after.message(), after.octets()), expected);
    EXPECT_EQ(after.text(after.message().body()), "hello");
  }
}

// INL-ED-04: a parameter goes and another comes, display name, tag and all else stay.
TEST(EditList, ParameterSurgery) {
  const std::string octets =
      invite_with("sip:+12155550121@example.net;user=phone", "sip:+12155550121@example.net;verstat=Evil;user=phone");
  const Parsed before(octets);
  ASSERT_TRUE(before.ok());
  const Uri& uri = before.message().from().uri;
  const Parameter verstat = find_parameter(before.octets(), uri.params, "verstat");
  ASSERT_TRUE(verstat.present);
  EditList edits;
  ASSERT_TRUE(edits.remove(verstat.whole));
  ASSERT_TRUE(edits.insert(static_cast<std::uint16_t>(uri.user.end()), ";verstat=TN-Validation-Passed"));
  const Parsed after(applied(edits, octets));
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after.text(after.message().from().whole),
            "\"Alice\" <sip:+12155550121;verstat=TN-Validation-Passed@example.net;user=phone>;tag=f1");
}

// Removing a folded field takes its continuation lines with it.
TEST(EditList, RemovedFieldIsGone) {
  const std::string octets = invite("Subject: a\r\n b\r\n\tc\r\nX: y\r\n");
  const Parsed before(octets);
  ASSERT_TRUE(before.ok());
  EditList edits;
  ASSERT_TRUE(edits.remove(before.message().first(HeaderId::subject)->whole()));
  EXPECT_EQ(applied(edits, octets), invite("X: y\r\n"));
}

}  // namespace
}  // namespace stirline::sip::test::edit_list_test
