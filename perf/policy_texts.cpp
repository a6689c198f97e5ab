#include "perf/policy_texts.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "tests/support/policy/labelled_texts.hpp"

namespace stirline::perf {
namespace {

using test::kLanguages;
using test::LabelledTexts;
using test::Language;

constexpr std::size_t kTraining = 400;       // texts of each language
constexpr std::size_t kRareWords = 500'000;  // that only swell the table: memory is looked at all over
constexpr std::size_t kMostTelling = 150;
constexpr std::string_view kCorpus = "bench";

}  // namespace

PolicyTexts::PolicyTexts(std::size_t texts, std::size_t octets)
    : judge_(std::make_unique<config::policy::content::ContentJudge>()) {
  LabelledTexts source(7);
  for (std::size_t i = 0; i < texts; ++i) {
    texts_.push_back(source.make_long(static_cast<Language>(i % kLanguages), i % 2 == 0, octets));
  }
  train();
}

void PolicyTexts::train() {
  test::TrainedTexts trained;
  const auto take = [&](const std::string& text, bool is_spam) {
    trained.train(std::string(kCorpus), text, is_spam);
    ++(is_spam ? trained_.first : trained_.second);
    std::vector<std::string> words = words_of(text);
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    for (std::string& word : words) {
      auto& [spam, ham] = words_[std::move(word)];
      ++(is_spam ? spam : ham);
    }
  };
  LabelledTexts source(1);
  for (const test::LabelledText& one : source.make_set(kTraining, test::Purpose::training)) {
    take(one.text, one.is_spam);
  }
  std::string rare;
  for (std::size_t i = 0; i < kRareWords; ++i) {
    rare += fmt::format("w{:x} ", i * 0x9E3779B97F4A7C15U >> 24U);
    if (rare.size() > 4'000) {
      take(rare, i % 2 == 0);
      rare.clear();
    }
  }
  table_ = std::make_unique<test::OpenContentTable>(trained.image());
}

bool PolicyTexts::judge(const std::string& text) {
  const auto corpus = (*table_)->find(kCorpus);
  const auto verdict = judge_->judge(**table_, *corpus, text);
  return verdict.score.value_or(0) > 50;
}

// Runs of ASCII letters, digits and whatever is not ASCII, in small letters, and pairs of them.
std::vector<std::string> PolicyTexts::words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  std::string last;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const unsigned char c = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (c >= 0x80 || std::isalnum(c) != 0) {
      word += static_cast<char>(std::tolower(c));
    } else if (!word.empty()) {
      words.push_back(word);
      if (!last.empty()) {
        words.push_back(last + " " + word);
      }
      last = std::exchange(word, {});
    }
  }
  return words;
}

bool PolicyTexts::judge_as_rival(const std::string& text) const {
  std::vector<std::string> words = words_of(text);
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  std::vector<double> shares;
  for (const std::string& word : words) {
    if (const auto found = words_.find(word); found != words_.end()) {
      const double spam = static_cast<double>(found->second.first) / trained_.first;
      const double ham = static_cast<double>(found->second.second) / trained_.second;
      const double texts = static_cast<double>(found->second.first) + found->second.second;
      shares.push_back((0.45 * 0.5 + texts * spam / (spam + ham)) / (0.45 + texts));
    }
  }
  std::ranges::sort(shares, std::ranges::greater(), [](double share) { return std::abs(share - 0.5); });
  shares.resize(std::min(shares.size(), kMostTelling));
  double spam = 0;
  double ham = 0;
  for (const double share : shares) {
    spam += std::log(share);
    ham += std::log(1 - share);
  }
  return spam > ham;
}

}  // namespace stirline::perf
