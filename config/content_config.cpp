#include "config/content_config.hpp"

#include <algorithm>

#include "config/option_rules.hpp"
#include "config/policy/content/content_table.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

namespace {

constexpr TextRule kCorpusRule{"1 to 32 letters, digits, '-', '_' and '.'", policy::content::is_corpus_name};

}  // namespace

std::vector<Section> read_content(Section& section, ContentConfig& config) {
  section.path("database", config.database);
  section.number<std::uint32_t>("fewest_trained", config.fewest_trained, 1, 1'000'000);
  section.number<std::uint32_t>("bulk_from", config.bulk_from, 2, 1'000'000);
  section.number<std::uint32_t>("bulk_points", config.bulk_points, 0, 100);
  section.number<std::uint32_t>("bulk_minutes", config.bulk_minutes, 1, 10'080);
  section.number<std::uint32_t>("url_points", config.url_points, 0, 100);
  section.number<std::uint32_t>("forget_days", config.forget_days, 1, 3'650);
  section.number<std::uint32_t>("most_tokens", config.most_tokens, 1'000, 10'000'000);
  section.texts("trainers", config.trainers, kUserRule);
  std::vector<Section> corpora = section.tables("corpus");
  for (Section& each : corpora) {
    ContentCorpus corpus;
    each.text("name", corpus.name, kCorpusRule, Need::required);
    each.texts("trunks", corpus.trunks, kNameRule);
    config.corpora.push_back(std::move(corpus));
  }
  return corpora;
}

}  // namespace stirline::config
