// Corpora trained in memory, laid out and opened as packet cores have them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/policy/content/content_table.hpp"
#include "config/policy/content/text_tokens.hpp"
#include "config/tables/image.hpp"
#include "config/wire/paged_image.hpp"

namespace stirline::test {

// Counts of texts that had a token: spam, ham.
class TrainedTexts {
 public:
  static constexpr config::policy::KeySecret kSecret{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  void train(const std::string& corpus, std::string_view text, bool is_spam);
  // `trunks`: whose messages are judged by which corpus.
  [[nodiscard]] config::tables::Image image(const config::policy::content::ContentSettings& settings = {},
                                            const std::map<std::string, std::string>& trunks = {}) const;

 private:
  struct Corpus {
    std::uint32_t spam = 0;
    std::uint32_t ham = 0;
    std::unordered_map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> tokens = {};
  };
  std::map<std::string, Corpus> corpora_;
  config::policy::content::TextTokens reader_;
};

// A table on memory of its own. Aborts on an image that is refused.
class OpenContentTable {
 public:
  explicit OpenContentTable(const config::tables::Image& image);
  [[nodiscard]] const config::policy::content::ContentTable& operator*() const { return table_; }
  [[nodiscard]] const config::policy::content::ContentTable* operator->() const { return &table_; }

 private:
  config::wire::PagedImage memory_;
  config::policy::content::ContentTable table_;
};

}  // namespace stirline::test
