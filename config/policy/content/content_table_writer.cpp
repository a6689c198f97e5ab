#include "config/policy/content/content_table_writer.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "config/tables/image_writer.hpp"

namespace stirline::config::policy::content {
namespace {

using layout::CorpusRow;
using layout::TokenLine;

// How much a token's own record weighs against the assumption that it says nothing: after so many texts both weigh the
// same (Robinson's s and x).
constexpr double kPrior = 0.45;
constexpr double kUnseen = 0.5;

// Where tokens lie among `lines` lines; nothing: one would lie too far from home.
std::optional<std::vector<TokenLine>> placed(const std::vector<TokenShare>& tokens, std::size_t lines,
                                             std::size_t& kept) {
  std::vector<TokenLine> table(lines);
  kept = 0;
  for (const TokenShare& token : tokens) {
    const std::uint64_t slot = (token.key & layout::kKeyBits) | token.share;
    std::size_t at = layout::home_of(token.key, lines);
    for (std::size_t step = 0;; ++step) {
      if (step > layout::kMostSteps) {
        return std::nullopt;
      }
      auto& slots = table[at].slots;
      const auto place = std::ranges::find_if(slots, [&](std::uint64_t other) {
        return other == 0 || (other & layout::kKeyBits) == (slot & layout::kKeyBits);
      });
      if (place != slots.end()) {
        kept += *place == 0 ? 1U : 0U;
        *place = *place == 0 ? slot : *place;
        break;
      }
      at = layout::line_behind(at, lines);
    }
  }
  return table;
}

}  // namespace

SpamShare spam_share(std::uint32_t spam, std::uint32_t trained_spam, std::uint32_t ham, std::uint32_t trained_ham) {
  const double of_spam = static_cast<double>(spam) / std::max(trained_spam, 1U);
  const double of_ham = static_cast<double>(ham) / std::max(trained_ham, 1U);
  const double both = of_spam + of_ham;
  const double share = both > 0 ? of_spam / both : kUnseen;
  const double texts = static_cast<double>(spam) + static_cast<double>(ham);
  const double drawn = (kPrior * kUnseen + texts * share) / (kPrior + texts);
  return static_cast<SpamShare>(std::clamp(std::lround(drawn * kWholeShare), 1L, static_cast<long>(kWholeShare) - 1));
}

void ContentTableWriter::add(const std::string& name, std::uint32_t spam, std::uint32_t ham,
                             const std::vector<TokenShare>& tokens) {
  Corpus corpus{.spam = spam, .ham = ham};
  // Three of four slots taken, so that nearly all are at home.
  std::size_t lines = tokens.size() / (layout::kLineSlots * 3 / 4) + 1;
  std::optional<std::vector<TokenLine>> table = placed(tokens, lines, corpus.tokens);
  while (!table) {
    lines += lines / 4 + 1;
    table = placed(tokens, lines, corpus.tokens);
  }
  corpus.lines = std::move(*table);
  corpora_[name] = std::move(corpus);
}

std::expected<tables::Image, std::string> ContentTableWriter::take() const {
  layout::ContentHead head{.secret = secret_,
                           .corpora = corpora_.size(),
                           .fewest_trained = settings_.fewest_trained,
                           .bulk_from = settings_.bulk_from,
                           .bulk_points = settings_.bulk_points,
                           .url_points = settings_.url_points,
                           .half_life = settings_.half_life};
  std::vector<CorpusRow> rows;
  for (const auto& [name, corpus] : corpora_) {
    CorpusRow row{.first_line = head.lines, .lines = corpus.lines.size(), .spam = corpus.spam, .ham = corpus.ham};
    std::ranges::copy(name.substr(0, kMaxCorpusName), row.name.begin());
    rows.push_back(row);
    head.lines += corpus.lines.size();
    head.tokens += corpus.tokens;
  }
  std::vector<layout::TrunkRow> trunks;
  for (const auto& [trunk, corpus] : trunks_) {
    if (const auto found = corpora_.find(corpus); found != corpora_.end()) {
      trunks.push_back({.key = layout::trunk_key(secret_, trunk),
                        .corpus = static_cast<std::uint64_t>(std::distance(corpora_.begin(), found))});
    }
  }
  std::ranges::sort(trunks, {}, &layout::TrunkRow::key);
  head.trunks = trunks.size();
  const std::size_t pool = sizeof(head) + rows.size() * sizeof(CorpusRow) +
                           static_cast<std::size_t>(head.lines) * sizeof(TokenLine) +
                           trunks.size() * sizeof(layout::TrunkRow);
  if (rows.size() > kMaxCorpora || trunks.size() > layout::kMaxTrunks ||
      pool + sizeof(tables::ImageHeader) > tables::kMaxImageBytes) {
    return std::unexpected("the corpora need " + std::to_string(pool >> 20U) +
                           " MiB, more than the 256 of a table, or are " + "more than " + std::to_string(kMaxCorpora));
  }
  tables::ImageWriter<TokenLine> writer(tables::TableKind::content, 0, pool);
  writer.put(std::as_bytes(std::span(&head, 1)));
  writer.put(rows);
  for (const auto& [name, corpus] : corpora_) {
    writer.put(corpus.lines);
  }
  writer.put(trunks);
  return writer.take();
}

}  // namespace stirline::config::policy::content
