#include "crypto_workers/stir/origid.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto::origid_test {
namespace {

constexpr std::array<std::uint8_t, kOrigidKeyBytes> kKey = {1, 2, 3};

std::string make(OrigidGenerator& generator, std::string_view element, std::string_view call, std::string_view tag) {
  std::array<char, kUuidBytes> uuid{};
  EXPECT_TRUE(generator.make(element, call, tag, uuid));
  return {uuid.data(), uuid.size()};
}

// STIR-AS-11
TEST(Origid, IsAUuidOfVersion8AndTheSameForARetransmission) {
  OrigidGenerator generator(kKey);
  const std::string first = make(generator, "trunk-a", "call-1", "tag");
  EXPECT_TRUE(is_uuid(first));
  EXPECT_EQ(first[14], '8');
  EXPECT_NE(std::string_view("89ab").find(first[19]), std::string_view::npos);
  make(generator, "trunk-a", "call-2", "tag");
  EXPECT_EQ(make(generator, "trunk-a", "call-1", "tag"), first);
  OrigidGenerator again(kKey);
  EXPECT_EQ(make(again, "trunk-a", "call-1", "tag"), first);
}

TEST(Origid, NobodyElseCanLinkCallsOrNameTheElement) {
  OrigidGenerator generator(kKey);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    seen.insert(make(generator, "trunk-a", "call-" + std::to_string(i), "tag"));
  }
  EXPECT_EQ(seen.size(), 1'000U);
  EXPECT_FALSE(seen.contains(make(generator, "trunk-b", "call-1", "tag")));
  std::array<std::uint8_t, kOrigidKeyBytes> other = kKey;
  other[31] = 1;
  OrigidGenerator foreign(other);
  EXPECT_FALSE(seen.contains(make(foreign, "trunk-a", "call-1", "tag")));
}

TEST(Origid, PiecesDoNotRunIntoEachOther) {
  OrigidGenerator generator(kKey);
  EXPECT_NE(make(generator, "ab", "c", ""), make(generator, "a", "bc", ""));
  EXPECT_NE(make(generator, "a", "b", "c"), make(generator, "a", "bc", ""));
}

TEST(Uuid, Syntax) {
  EXPECT_TRUE(is_uuid("123e4567-e89b-12d3-a456-426655440000"));
  EXPECT_TRUE(is_uuid("123E4567-E89B-12D3-A456-426655440000"));
  for (const std::string_view text :
       {"", "123e4567-e89b-12d3-a456-42665544000", "123e4567-e89b-12d3-a456-4266554400000",
        "123e4567e89b-12d3-a456-4266-55440000", "g23e4567-e89b-12d3-a456-426655440000",
        "{23e4567-e89b-12d3-a456-426655440000}"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace stirline::crypto::origid_test
