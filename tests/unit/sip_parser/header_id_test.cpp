#include "sip_parser/header_id.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace stirline::sip::header_id_test {
namespace {

TEST(HeaderId, LongNamesInAnyCase) {
  for (std::size_t i = 1; i < kHeaderIds; ++i) {
    const auto id = static_cast<HeaderId>(i);
    std::string name(name_of(id));
    EXPECT_EQ(header_id(name), id) << name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(header_id(name), id) << name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(header_id(name), id) << name;
    EXPECT_EQ(header_id(name + "x"), HeaderId::unknown) << name;
    if (const std::string_view rest = std::string_view(name).substr(1); rest.size() > 1) {  // "o" of To is a name
      EXPECT_EQ(header_id(rest), HeaderId::unknown) << name;
    }
  }
  EXPECT_EQ(name_of(HeaderId::p_asserted_identity), "P-Asserted-Identity");
  EXPECT_EQ(name_of(HeaderId::unknown), "unknown");
}

TEST(HeaderId, CompactNames) {
  const std::vector<std::pair<char, HeaderId>> expected = {{'v', HeaderId::via},
                                                           {'f', HeaderId::from},
                                                           {'t', HeaderId::to},
                                                           {'i', HeaderId::call_id},
                                                           {'m', HeaderId::contact},
                                                           {'y', HeaderId::identity},
                                                           {'c', HeaderId::content_type},
                                                           {'l', HeaderId::content_length},
                                                           {'k', HeaderId::supported},
                                                           {'s', HeaderId::subject},
                                                           {'e', HeaderId::content_encoding},
                                                           {'o', HeaderId::event}};
  for (int c = 0; c < 256; ++c) {
    const char name = static_cast<char>(c);
    const auto found = std::ranges::find_if(
        expected, [c](const auto& entry) { return entry.first == c || entry.first - 'a' + 'A' == c; });
    EXPECT_EQ(header_id({&name, 1}), found == expected.end() ? HeaderId::unknown : found->second) << c;
  }
}

// STIR-HDR-08: the obsolete header field is nobody's.
TEST(HeaderId, IdentityInfoIsUnknown) {
  EXPECT_EQ(header_id("Identity-Info"), HeaderId::unknown);
  EXPECT_EQ(header_id("n"), HeaderId::unknown);
}

// Only letters fold: '-' and CR, '@' and '`' differ by the same bit.
TEST(HeaderId, OnlyLettersFold) {
  EXPECT_EQ(header_id("Call\rID"), HeaderId::unknown);
  EXPECT_EQ(header_id("Call-iD"), HeaderId::call_id);
  EXPECT_EQ(header_id(""), HeaderId::unknown);
  EXPECT_EQ(header_id(std::string(300, 'a')), HeaderId::unknown);
}

}  // namespace
}  // namespace stirline::sip::header_id_test
