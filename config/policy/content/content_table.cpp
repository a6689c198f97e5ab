#include "config/policy/content/content_table.hpp"

#include <algorithm>

#include "config/policy/content/content_table_layout.hpp"

namespace stirline::config::policy::content {

using layout::CorpusRow;
using layout::TokenLine;

bool is_corpus_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCorpusName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

std::string_view ContentTable::Corpus::name() const {
  return row_->text();
}
std::uint64_t ContentTable::Corpus::number() const {
  return static_cast<std::uint64_t>(row_ - table_->rows_.data());
}
std::uint32_t ContentTable::Corpus::spam() const {
  return row_->spam;
}
std::uint32_t ContentTable::Corpus::ham() const {
  return row_->ham;
}
bool ContentTable::Corpus::is_trained() const {
  return std::min(row_->spam, row_->ham) >= table_->settings_.fewest_trained;
}

void ContentTable::Corpus::prefetch(std::uint64_t key) const {
  __builtin_prefetch(&lines_[layout::home_of(key, lines_.size())]);
}

SpamShare ContentTable::Corpus::share(std::uint64_t key) const {
  const std::uint64_t wanted = key & layout::kKeyBits;
  std::size_t at = layout::home_of(key, lines_.size());
  for (std::size_t step = 0; step <= layout::kMostSteps; ++step) {
    const TokenLine& line = lines_[at];
    for (const std::uint64_t slot : line.slots) {
      if ((slot & layout::kKeyBits) == wanted && slot != 0) {
        return static_cast<SpamShare>(slot & ~layout::kKeyBits);
      }
    }
    if (line.slots.back() == 0) {
      return 0;
    }
    at = layout::line_behind(at, lines_.size());
  }
  return 0;
}

ContentTable::Corpus ContentTable::corpus_of(const CorpusRow& row) const {
  Corpus corpus;
  corpus.table_ = this;
  corpus.row_ = &row;
  corpus.lines_ = lines_.subspan(row.first_line, row.lines);
  return corpus;
}

std::optional<ContentTable::Corpus> ContentTable::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(rows_, name, {}, &CorpusRow::text);
  return found == rows_.end() || found->text() != name ? std::nullopt : std::optional(corpus_of(*found));
}

std::optional<ContentTable::Corpus> ContentTable::of_trunk(std::string_view trunk) const {
  if (trunks_.empty()) {
    return std::nullopt;
  }
  const Key key = layout::trunk_key(secret_, trunk);
  const auto found = std::ranges::lower_bound(trunks_, key, {}, &layout::TrunkRow::key);
  return found == trunks_.end() || found->key != key ? std::nullopt : std::optional(corpus_of(rows_[found->corpus]));
}

}  // namespace stirline::config::policy::content
