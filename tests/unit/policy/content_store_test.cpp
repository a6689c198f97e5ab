// What filters have learned (SPIT-CL-01): counted by corpus, taken back, forgotten, shared, and no text among it.
#include "control/content/content_store.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "config/policy/content/content_score.hpp"
#include "control/content/content_keeper.hpp"
#include "tests/support/policy/trained_texts.hpp"

namespace stirline::control::content::content_store_test {
namespace {

using config::policy::content::ContentJudge;
using stirline::test::OpenContentTable;

constexpr std::int64_t kDay = 20'775;
constexpr std::string_view kSpam = "win a prize at http://win.example/now, cheap unbelievable offer";
constexpr std::string_view kHam = "the meeting tomorrow begins at ten in the office of the bank";

class ContentStores : public testing::Test {
 protected:
  ContentStores() {
    folder_ = std::filesystem::temp_directory_path() / ("stirline_content_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~ContentStores() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::unique_ptr<ContentStore> open() const {
    return open_content_store(folder_ / "content.db").value();
  }

  static void train(ContentStore& store, const std::string& corpus, int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(store.train(corpus, kSpam, Label::spam, 1, kDay));
      ASSERT_TRUE(store.train(corpus, kHam, Label::ham, 1, kDay));
    }
  }
  static std::optional<std::uint8_t> score(const ContentStore& store, const std::string& corpus,
                                           std::string_view text) {
    const OpenContentTable table(make_content_table(store, {}, {{"peer", corpus}}, 1'000).value());
    const auto judge = std::make_unique<ContentJudge>();
    return judge->judge(*table, *table->of_trunk("peer"), text).score;
  }

  std::filesystem::path folder_;
};

TEST_F(ContentStores, LearnByCorpus) {  // SPIT-CL-01: per-tenant corpora
  const auto store = open();
  train(*store, "a", 20);
  EXPECT_GT(score(*store, "a", kSpam).value_or(0), 90);
  EXPECT_LT(score(*store, "a", kHam).value_or(99), 10);
  EXPECT_FALSE(score(*store, "b", kSpam)) << "another tenant has learned nothing";
  const auto corpora = store->corpora().value();
  ASSERT_EQ(corpora.size(), 1U);
  EXPECT_EQ(corpora[0].spam, 20);
  EXPECT_EQ(corpora[0].ham, 20);
}

TEST_F(ContentStores, TakeBackWhatWasAMistake) {
  const auto store = open();
  train(*store, "a", 20);
  ASSERT_TRUE(store->train("a", kHam, Label::spam, 100, kDay));
  ASSERT_TRUE(store->train("a", kHam, Label::spam, -100, kDay));
  EXPECT_LT(score(*store, "a", kHam).value_or(99), 10);
  ASSERT_TRUE(store->train("a", kSpam, Label::ham, -5, kDay)) << "never below nothing";
  EXPECT_EQ(store->corpora().value()[0].ham, 15);
}

TEST_F(ContentStores, RefuseWhatTeachesNothing) {
  const auto store = open();
  EXPECT_FALSE(store->train("no such name!", kSpam, Label::spam, 1, kDay));
  EXPECT_FALSE(store->train("a", "", Label::spam, 1, kDay));
  EXPECT_FALSE(store->train("a", "...", Label::spam, 1, kDay));
  EXPECT_FALSE(store->train("a", "caf\xE9", Label::spam, 1, kDay));
  EXPECT_FALSE(store->train("a", kSpam, Label::spam, 0, kDay));
  EXPECT_FALSE(store->train("a", kSpam, Label::spam, 101, kDay));
  EXPECT_TRUE(store->corpora().value().empty());
}

TEST_F(ContentStores, KeepNoText) {  // privacy
  const auto store = open();
  train(*store, "a", 1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (const std::string_view word : {"prize", "win.example", "meeting", "unbelievable"}) {
      EXPECT_EQ(octets.find(word), std::string::npos) << entry.path() << ' ' << word;
    }
  }
}

TEST_F(ContentStores, ForgetWhatIsOld) {  // retention
  const auto store = open();
  ASSERT_TRUE(store->train("a", kSpam, Label::spam, 1, kDay - 10));
  ASSERT_TRUE(store->train("a", kHam, Label::ham, 1, kDay));
  const std::int64_t before = store->last_change().value();
  EXPECT_GT(store->forget_before(kDay).value(), 0);
  EXPECT_EQ(store->forget_before(kDay).value(), 0);
  EXPECT_GT(store->last_change().value(), before);
}

TEST_F(ContentStores, AreSharedAndKeepTheirSecret) {
  const auto one = open();
  const auto other = open();
  EXPECT_EQ(one->secret(), other->secret());
  EXPECT_NE(one->secret(), config::policy::KeySecret{});
  const std::int64_t before = one->last_change().value();
  ASSERT_TRUE(other->train("a", kSpam, Label::spam, 1, kDay));
  EXPECT_NE(one->last_change().value(), before);
}

TEST_F(ContentStores, AKeeperMakesTheTableAgain) {
  std::atomic<std::size_t> octets = 0;
  ContentOptions options;
  options.now = [] { return kDay * 86'400; };
  options.look = std::chrono::milliseconds(5);
  options.trunks = {{"peer", "a"}};
  options.on_table = [&](const policy::SharedTable& table) { octets = table->bytes; };
  const ContentKeeper keeper(open(), std::move(options));
  const auto wait_for = [&](auto&& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_so() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return is_so();
  };
  ASSERT_TRUE(wait_for([&] { return octets != 0; })) << "also without any training: trunks are known";
  const std::size_t empty = octets;
  train(*open(), "a", 1);
  EXPECT_TRUE(wait_for([&] { return octets > empty; }));
  EXPECT_EQ(keeper.tallies().store_errors, 0U);
  EXPECT_EQ(keeper.tallies().corpora, 1U);
}

}  // namespace
}  // namespace stirline::control::content::content_store_test
