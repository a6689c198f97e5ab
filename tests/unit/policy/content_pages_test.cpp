// Training over HTTPS: who may, what is taken, and that it is counted (SPIT-CL-01).
#include "control/content/content_pages.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace stirline::control::content::content_pages_test {
namespace {

const std::string kTrainer = "sip:desk@example.com";
const std::string kSpam = R"({"corpus": "retail", "verdict": "spam", "text": "win a prize now"})";

class TrainingOverHttps : public testing::Test {
 protected:
  TrainingOverHttps() {
    folder_ = std::filesystem::temp_directory_path() / ("stirline_training_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    store_ = open_content_store(folder_ / "content.db").value();
    pages_ = std::make_unique<ContentPages>(
        ContentPages::Options{.root = "/", .trainers = {kTrainer}, .corpora = {"retail"}, .now = [] { return 86'400; }},
        open_content_store(folder_ / "content.db").value());
  }
  ~TrainingOverHttps() override { std::filesystem::remove_all(folder_); }

  XcapAnswer post(const std::string& body, const std::string& user = kTrainer) {
    return pages_->answer({"POST", "/content", body}, user);
  }
  // Of the only corpus, as another connection to the store sees it: "spam ham".
  [[nodiscard]] std::string counted() const {
    const auto corpora = store_->corpora().value();
    return corpora.empty() ? "none" : std::to_string(corpora[0].spam) + " " + std::to_string(corpora[0].ham);
  }

  std::filesystem::path folder_;
  std::unique_ptr<ContentStore> store_;
  std::unique_ptr<ContentPages> pages_;
};

TEST_F(TrainingOverHttps, TextsAreCountedAndTakenBack) {
  EXPECT_EQ(post(kSpam).status, 204U);
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "ham", "text": "see you at ten"})").status, 204U);
  EXPECT_EQ(counted(), "1 1");
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "spam", "text": "win a prize now", "undo": true})").status, 204U);
  EXPECT_EQ(counted(), "0 1");
}

TEST_F(TrainingOverHttps, OnlyTrainersTrain) {
  EXPECT_EQ(post(kSpam, "sip:eve@example.net").status, 403U);
  EXPECT_EQ(counted(), "none");
  EXPECT_EQ(pages_->answer({"GET", "/content", {}}, kTrainer).allow, "POST");
  EXPECT_TRUE(pages_->serves("/content"));
  EXPECT_FALSE(pages_->serves("/contents"));
  EXPECT_FALSE(pages_->serves("/content/retail"));
}

TEST_F(TrainingOverHttps, MistakesAreToldAndNothingIsCounted) {
  EXPECT_EQ(post(R"({"corpus": "other", "verdict": "spam", "text": "a"})").status, 404U);
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "maybe", "text": "a"})").status, 400U);
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "spam", "text": ""})").status, 400U);
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "spam", "text": "a", "undo": 1})").status, 400U);
  EXPECT_EQ(post(R"({"corpus": "retail", "verdict": "spam", "text": "a", "weight": 9})").status, 400U);
  EXPECT_EQ(post("no JSON").status, 400U);
  EXPECT_EQ(
      post(R"({"corpus": "retail", "verdict": "spam", "text": ")" + std::string(kMaxTrainingBody, 'a') + "\"}").status,
      400U);
  EXPECT_EQ(counted(), "none");
}

}  // namespace
}  // namespace stirline::control::content::content_pages_test
