#include "tests/support/policy/trained_texts.hpp"

#include <cstdio>
#include <cstdlib>

#include "config/policy/content/content_table_writer.hpp"

namespace stirline::test {

using namespace config::policy::content;

void TrainedTexts::train(const std::string& corpus, std::string_view text, bool is_spam) {
  Corpus& trained = corpora_[corpus];
  ++(is_spam ? trained.spam : trained.ham);
  reader_.read(text, kSecret);
  for (const Token& token : reader_.tokens()) {
    auto& [spam, ham] = trained.tokens[token.key];
    ++(is_spam ? spam : ham);
  }
}

config::tables::Image TrainedTexts::image(const ContentSettings& settings,
                                          const std::map<std::string, std::string>& trunks) const {
  ContentTableWriter writer(kSecret, settings);
  for (const auto& [name, corpus] : corpora_) {
    std::vector<TokenShare> shares;
    for (const auto& [key, counts] : corpus.tokens) {
      shares.push_back({key, spam_share(counts.first, corpus.spam, counts.second, corpus.ham)});
    }
    writer.add(name, corpus.spam, corpus.ham, shares);
  }
  for (const auto& [trunk, corpus] : trunks) {
    writer.add_trunk(trunk, corpus);
  }
  return writer.take().value();
}

OpenContentTable::OpenContentTable(const config::tables::Image& image)
    : memory_(config::wire::PagedImage::copy(image).value()) {
  const auto table = ContentTable::open(memory_.view());
  if (!table) {
    std::fprintf(stderr, "%s\n", table.error().text.c_str());
    std::abort();
  }
  table_ = *table;
}

}  // namespace stirline::test
