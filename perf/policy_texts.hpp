// Texts of a kilobyte in eight languages, a corpus trained with others, and a rival that keeps words: a classifier as
// they are written in an afternoon, with a hash table of strings and the same tokens, words and pairs of words.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/policy/content/content_score.hpp"
#include "tests/support/policy/trained_texts.hpp"

namespace stirline::perf {

class PolicyTexts {
 public:
  PolicyTexts(std::size_t texts, std::size_t octets);

  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
  // Whether it is spam, by either way.
  [[nodiscard]] bool judge(const std::string& text);
  [[nodiscard]] bool judge_as_rival(const std::string& text) const;
  [[nodiscard]] std::size_t tokens() const { return (*table_)->tokens(); }

 private:
  using Counts = std::pair<std::uint32_t, std::uint32_t>;  // spam, ham

  void train();
  [[nodiscard]] static std::vector<std::string> words_of(std::string_view text);

  std::vector<std::string> texts_;
  std::unique_ptr<test::OpenContentTable> table_;
  std::unique_ptr<config::policy::content::ContentJudge> judge_;
  std::unordered_map<std::string, Counts> words_;
  Counts trained_{};
};

}  // namespace stirline::perf
