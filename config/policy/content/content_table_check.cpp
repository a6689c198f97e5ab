// ContentTable::open(): everything that a question may look at, in one pass.
#include <algorithm>

#include "config/policy/content/content_table_layout.hpp"
#include "config/tables/image_reader.hpp"

namespace stirline::config::policy::content {
namespace {

using layout::ContentHead;
using layout::CorpusRow;
using layout::TokenLine;
using layout::TrunkRow;
using tables::ImageReader;

void check_settings(ImageReader& reader, const ContentHead& head) {
  constexpr std::uint32_t kMostPoints = 100;
  reader.require(head.bulk_points <= kMostPoints && head.url_points <= kMostPoints, "points", "are more than 100");
  reader.require(head.bulk_from != 0 && head.half_life != 0, "settings", "are zero");
  reader.require(std::ranges::all_of(head.reserved, [](std::uint32_t word) { return word == 0; }), "reserved",
                 "is not zero");
}

void check_names(ImageReader& reader, std::span<const CorpusRow> rows) {
  for (std::size_t i = 0; i < rows.size() && !reader.failed(); ++i) {
    const std::string_view name = rows[i].text();
    reader.require(is_corpus_name(name), "corpus", "has no name");
    reader.require(std::ranges::all_of(std::span(rows[i].name).subspan(name.size()), [](char c) { return c == 0; }),
                   "corpus", "has something behind its name");
    reader.require(i == 0 || rows[i - 1].text() < name, "corpora", "are out of order");
    reader.require(rows[i].reserved == 0, "reserved", "is not zero");
  }
}

void check_trunks(ImageReader& reader, std::span<const TrunkRow> trunks, const ContentHead& head) {
  for (std::size_t i = 0; i < trunks.size() && !reader.failed(); ++i) {
    reader.require(trunks[i].corpus < head.corpora, "trunk", "has no corpus");
    reader.require(i == 0 || trunks[i - 1].key < trunks[i].key, "trunks", "are out of order");
  }
}

// Each token lies where it is looked for, once; returns how many there are.
std::size_t check_lines(ImageReader& reader, std::span<const TokenLine> lines) {
  std::size_t tokens = 0;
  for (std::size_t at = 0; at < lines.size() && !reader.failed(); ++at) {
    const auto& slots = lines[at].slots;
    for (std::size_t i = 0; i < slots.size() && slots[i] != 0; ++i) {
      ++tokens;
      const auto is_same = [&](std::uint64_t other) {
        return other != 0 && (other & layout::kKeyBits) == (slots[i] & layout::kKeyBits);
      };
      reader.require((slots[i] & ~layout::kKeyBits) != 0, "token", "has no share");
      reader.require(std::none_of(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(i), is_same), "token",
                     "comes twice");
      std::size_t before = layout::home_of(slots[i], lines.size());
      for (std::size_t step = 0; before != at && !reader.failed(); ++step) {
        reader.require(step < layout::kMostSteps && lines[before].slots.back() != 0, "token",
                       "lies where it is not looked for");
        reader.require(std::ranges::none_of(lines[before].slots, is_same), "token", "comes twice");
        before = layout::line_behind(before, lines.size());
      }
    }
    const auto free = std::ranges::find(slots, std::uint64_t{0});
    reader.require(std::all_of(free, slots.end(), [](std::uint64_t slot) { return slot == 0; }), "line", "has a gap");
  }
  return tokens;
}

}  // namespace

std::expected<ContentTable, tables::TableError> ContentTable::open(tables::ImageView image) {
  ImageReader reader(image, tables::TableKind::content, sizeof(TokenLine));
  reader.require(reader.records() == 0, "image", "has records");
  const std::span<const std::byte> pool = reader.pool();
  reader.require(reinterpret_cast<std::uintptr_t>(image.data()) % alignof(TokenLine) == 0, "image", "is not aligned");
  if (!reader.require(pool.size() >= sizeof(ContentHead), "head", "runs past the pool")) {
    return reader.error();
  }
  const auto& head = *reinterpret_cast<const ContentHead*>(pool.data());
  const std::span<const std::byte> rest = pool.subspan(sizeof(ContentHead));
  check_settings(reader, head);
  reader.require(head.corpora <= kMaxCorpora, "corpora", "are too many");
  reader.require(head.lines <= rest.size() / sizeof(TokenLine), "lines", "run past the pool");
  reader.require(head.trunks <= layout::kMaxTrunks, "trunks", "are too many");
  if (reader.failed() || !reader.require(head.corpora * sizeof(CorpusRow) + head.lines * sizeof(TokenLine) +
                                                 head.trunks * sizeof(TrunkRow) ==
                                             rest.size(),
                                         "trunks", "do not end where the pool does")) {
    return reader.error();
  }
  ContentTable table;
  table.rows_ = {reinterpret_cast<const CorpusRow*>(rest.data()), static_cast<std::size_t>(head.corpora)};
  table.lines_ = {reinterpret_cast<const TokenLine*>(rest.data() + table.rows_.size_bytes()),
                  static_cast<std::size_t>(head.lines)};
  table.trunks_ = {
      reinterpret_cast<const TrunkRow*>(rest.data() + table.rows_.size_bytes() + table.lines_.size_bytes()),
      static_cast<std::size_t>(head.trunks)};
  check_names(reader, table.rows_);
  check_trunks(reader, table.trunks_, head);
  std::uint64_t next = 0;
  for (const CorpusRow& row : table.rows_) {
    if (!reader.require(row.first_line == next && row.lines != 0 && row.lines <= head.lines - next, "corpus",
                        "has lines of another")) {
      return reader.error();
    }
    table.tokens_ += check_lines(reader, table.lines_.subspan(row.first_line, row.lines));
    next += row.lines;
  }
  reader.require(next == head.lines, "lines", "belong to nobody");
  reader.require(table.tokens_ == head.tokens, "tokens", "are not as many as are said to be there");
  if (reader.failed()) {
    return reader.error();
  }
  table.secret_ = head.secret;
  table.settings_ = {.fewest_trained = head.fewest_trained,
                     .bulk_from = head.bulk_from,
                     .bulk_points = head.bulk_points,
                     .url_points = head.url_points,
                     .half_life = head.half_life};
  return table;
}

}  // namespace stirline::config::policy::content
