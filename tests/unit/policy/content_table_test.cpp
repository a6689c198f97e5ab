// Trained corpora as packet cores have them (SPIT-CL-01): every token is found, nothing that is broken is taken; scores
// and near copies.
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <unordered_map>

#include <gtest/gtest.h>

#include "config/policy/content/content_score.hpp"
#include "config/policy/content/content_table_layout.hpp"
#include "config/policy/content/content_table_writer.hpp"
#include "config/policy/content/near_copies.hpp"
#include "config/wire/paged_image.hpp"
#include "tests/support/policy/trained_texts.hpp"

namespace stirline::config::policy::content::content_table_test {
namespace {

using stirline::test::OpenContentTable;
using stirline::test::TrainedTexts;

TEST(ContentTables, FindWhatWasAdded) {
  std::mt19937_64 dice(5);
  std::unordered_map<std::uint64_t, SpamShare> known;
  std::vector<TokenShare> shares;
  for (std::size_t i = 0; i < 50'000; ++i) {
    const std::uint64_t key = dice();
    const auto share = static_cast<SpamShare>(1 + dice() % (kWholeShare - 1));
    known.emplace(key, share);
    shares.push_back({key, share});
  }
  ContentTableWriter writer({1});
  writer.add("b", 30, 40, shares);
  writer.add("a", 1, 2, {{42, 7}});
  writer.add_trunk("peer", "b");
  writer.add_trunk("other", "nobody's");
  const OpenContentTable table(writer.take().value());
  const auto b = table->find("b");
  const auto a = table->find("a");
  ASSERT_TRUE(a && b);
  for (const auto& [key, share] : known) {
    ASSERT_EQ(b->share(key), share);
  }
  for (std::size_t i = 0; i < 50'000; ++i) {
    EXPECT_EQ(b->share(dice()), 0);
  }
  EXPECT_EQ(a->share(42 | layout::kKeyBits), 0);
  EXPECT_EQ(table->tokens(), 50'001U);
  EXPECT_TRUE(b->is_trained());
  EXPECT_FALSE(a->is_trained());
  EXPECT_EQ(table->of_trunk("peer")->name(), "b");
  EXPECT_FALSE(table->of_trunk("other"));
  EXPECT_FALSE(table->find("c"));
  EXPECT_FALSE(ContentTable().of_trunk("peer"));
}

// Keys that fall together are found all the same, or the table grows until they are.
TEST(ContentTables, CrowdedTokensAreFound) {
  std::vector<TokenShare> shares;
  for (std::uint64_t i = 0; i < 64; ++i) {
    shares.push_back({i << 16U, 9});
  }
  ContentTableWriter writer({1});
  writer.add("a", 30, 30, shares);
  const OpenContentTable table(writer.take().value());
  for (const TokenShare& each : shares) {
    EXPECT_EQ(table->find("a")->share(each.key), 9);
  }
}

// Each octet to several other values: what is taken must be a table that can be asked without harm.
TEST(ContentTables, TakeNothingThatIsBroken) {
  ContentTableWriter writer({1, 2, 3});
  writer.add("one", 25, 25, {{0x1234'5678'9abc'0000, 9}, {0xfedc'0000'0000'0000, 60'000}});
  writer.add("two", 25, 25, {{77U << 16U, 5}});
  writer.add_trunk("peer", "two");
  const tables::Image good = writer.take().value();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      tables::Image image = good;
      image[at] ^= static_cast<std::byte>(flip);
      const auto memory = wire::PagedImage::copy(image).value();
      const auto table = ContentTable::open(memory.view());
      refused += table ? 0U : 1U;
      if (table) {
        for (const std::string_view name : {"one", "two"}) {
          if (const auto corpus = table->find(name)) {
            static_cast<void>(corpus->share(0x1234'5678'9abc'0000));
          }
        }
        static_cast<void>(table->of_trunk("peer"));
      }
    }
  }
  EXPECT_GT(refused, good.size()) << "most of it is checked";
  for (std::size_t length = 0; length < good.size(); ++length) {
    const tables::Image cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    if (!cut.empty()) {
      EXPECT_FALSE(ContentTable::open(wire::PagedImage::copy(cut).value().view())) << length;
    }
  }
}

TEST(SpamShares, AreDrawnToOneHalfWhereLittleIsKnown) {  // Robinson's f(w)
  const auto percent = [](SpamShare share) { return std::lround(100.0 * share / kWholeShare); };
  EXPECT_EQ(percent(spam_share(0, 100, 0, 100)), 50);
  EXPECT_EQ(percent(spam_share(1, 100, 0, 100)), 84);
  EXPECT_EQ(percent(spam_share(50, 100, 0, 100)), 100);
  EXPECT_EQ(percent(spam_share(10, 100, 10, 100)), 50);
  EXPECT_EQ(percent(spam_share(10, 1'000, 10, 100)), 10) << "much spam was trained";
  EXPECT_GT(spam_share(0, 0, 4'000'000, 1), 0);
}

TEST(ContentScores, JoinTextLinksAndCopies) {  // SPIT-CL-01
  const ContentSettings settings;
  EXPECT_FALSE(content_score({.found = TextFound::text}, 1, settings));
  EXPECT_EQ(content_score({.found = TextFound::text, .score = 3}, 1, settings), 3);
  EXPECT_EQ(content_score({.found = TextFound::text}, 20, settings), 40) << "bulk of which nothing is known";
  EXPECT_EQ(content_score({.found = TextFound::text, .score = 0}, 1'000, settings), 0) << "ham stays ham";
  EXPECT_EQ(content_score({.found = TextFound::text, .score = 50, .has_known_url = true}, 1, settings), 80);
  EXPECT_EQ(content_score({.found = TextFound::text, .score = 100, .has_known_url = true}, 99, settings), 100);
}

// Spam does not become ham because ham stands beside it.
TEST(ContentScores, PaddingDoesNotHelp) {  // SPIT-CL-01
  TrainedTexts texts;
  for (std::size_t i = 0; i < 30; ++i) {
    texts.train("a", "cheap pills without prescription delivered discreetly worldwide, order today", true);
    texts.train("a", "see you at the station tomorrow morning, mother sends her love and the old photographs", false);
    texts.train("a", "the children enjoyed the garden, thanks for lunch and for the books about birds", false);
  }
  const OpenContentTable table(texts.image());
  const auto judge = std::make_unique<ContentJudge>();
  const auto corpus = table->find("a");
  EXPECT_GT(judge
                ->judge(*table, *corpus,
                        "see you at the station tomorrow morning, mother sends her love and the old photographs. the "
                        "children enjoyed the garden, thanks for lunch and for the books about birds. cheap pills "
                        "without prescription delivered discreetly worldwide, order today")
                .score.value_or(0),
            90);
  EXPECT_LT(judge->judge(*table, *corpus, "mother sends her love, see you in the garden tomorrow").score.value_or(99),
            10);
  EXPECT_FALSE(judge->telling().empty());
}

class NearCopiesTest : public testing::Test {
 protected:
  static constexpr std::int64_t kNow = 1'795'000'000;
  static Likeness like(std::uint64_t bits) { return {.bits = bits, .words = 20}; }
  NearCopies copies_{100};
};

TEST_F(NearCopiesTest, AreCountedWhereFewBitsDiffer) {  // SPIT-CL-01: near-duplicates
  constexpr std::uint64_t kBits = 0x0123'4567'89ab'cdef;
  EXPECT_EQ(copies_.see(like(kBits), 1, kNow, 3'600), 1);
  EXPECT_EQ(copies_.see(like(kBits ^ 0x8000'0001'0000'0001), 1, kNow, 3'600), 2) << "three bits in three quarters";
  EXPECT_EQ(copies_.see(like(~kBits), 1, kNow, 3'600), 1);
  EXPECT_EQ(copies_.see(like(kBits), 2, kNow, 3'600), 1) << "of another corpus";
  EXPECT_EQ(copies_.see({.bits = kBits, .words = 2}, 1, kNow, 3'600), 0) << "too short to say anything";
}

TEST_F(NearCopiesTest, AreForgottenWithTime) {
  for (int i = 0; i < 8; ++i) {
    static_cast<void>(copies_.see(like(5), 1, kNow, 3'600));
  }
  EXPECT_NEAR(copies_.see(like(5), 1, kNow + 3'600, 3'600), 5, 0.01);
  EXPECT_NEAR(copies_.see(like(5), 1, kNow - 9'999, 3'600), 6, 0.01) << "a clock that was set back";
}

TEST_F(NearCopiesTest, TheOldestMakesRoom) {  // bounds
  std::mt19937_64 dice(1);
  for (int i = 0; i < 10'000; ++i) {
    static_cast<void>(copies_.see(like(dice()), dice() % 3, kNow + i, 3'600));
  }
  EXPECT_EQ(copies_.used(), 100U);
  for (int i = 0; i < 10'000; ++i) {
    static_cast<void>(copies_.see(like(dice() % 64), 1, kNow + i, 3'600));
  }
  EXPECT_EQ(copies_.used(), 100U);
}

}  // namespace
}  // namespace stirline::config::policy::content::content_table_test
