// ListTable::open(): everything that a question may look at, in one pass.
#include <algorithm>
#include <limits>

#include "config/policy/list_table_layout.hpp"
#include "config/policy/rule.hpp"
#include "config/tables/image_reader.hpp"

namespace stirline::config::policy {
namespace {

using layout::ListHead;
using layout::ListMarks;
using layout::ListSlot;
using tables::ImageReader;
using tables::TableKind;

// The parts of the pool, one behind the other.
class Parts {
 public:
  Parts(ImageReader& reader, std::span<const std::byte> pool) : reader_(reader), left_(pool) {}

  template <typename T>
  std::span<const T> take(std::uint64_t count, std::string_view what) {
    if (!reader_.require(count <= left_.size() / sizeof(T), what, "run past the pool")) {
      return {};
    }
    const auto* const first = reinterpret_cast<const T*>(left_.data());
    left_ = left_.subspan(count * sizeof(T));
    return {first, static_cast<std::size_t>(count)};
  }
  [[nodiscard]] std::span<const std::byte> left() const { return left_; }

 private:
  ImageReader& reader_;
  std::span<const std::byte> left_;
};

bool is_list(std::uint8_t list) {
  return list >= 1 && list <= kLists;
}

void check_slots(ImageReader& reader, std::span<const ListSlot> slots, const ListHead& head) {
  reader.require((head.lines == 0) == slots.empty(), "slots", "are there without lines, or missing with them");
  reader.require(head.lines <= slots.size() / layout::kLineSlots, "lines", "are more than the slots");
  reader.require(slots.size() <= std::numeric_limits<std::uint32_t>::max(), "slots", "are too many");
  reader.require(slots.size() % layout::kLineSlots == 0, "slots", "are no whole lines");
  reader.require(slots.empty() || slots.back().list == 0, "slots", "have no free one at the end");
  std::uint64_t entries = 0;
  std::size_t run = 0;  // where the slots that are taken without a gap begin
  const ListSlot* before = nullptr;
  for (std::size_t i = 0; i < slots.size() && !reader.failed(); ++i) {
    const ListSlot& slot = slots[i];
    if (slot.list == 0) {
      reader.require(slot.mixed == 0 && slot.until == 0 && slot.origin == 0 && slot.reserved == 0, "slot",
                     "is free and not empty");
      run = i + 1;
      continue;
    }
    ++entries;
    const std::size_t home = layout::home_of_mixed(slot.mixed, head.lines);
    reader.require(is_list(slot.list) && slot.reserved == 0, "slot", "is of no list");
    reader.require(slot.mixed != layout::mixed_key(head.secret, kNoKey), "slot", "is of nobody");
    reader.require(slot.origin < head.origins, "slot", "comes from nowhere");
    reader.require(home <= i && home >= run && i - home <= layout::kMostSteps, "slot",
                   "lies where it is not looked for");
    reader.require(
        before == nullptr || before->mixed < slot.mixed || (before->mixed == slot.mixed && before->list < slot.list),
        "slots", "are out of order");
    before = &slot;
  }
  reader.require(entries == head.entries, "entries", "are not as many as are said to be there");
}

void check_spans(ImageReader& reader, NumberOrder order, std::span<const std::uint64_t> starts,
                 std::span<const std::uint32_t> cells, std::span<const std::uint32_t> marks, std::size_t known) {
  reader.require(std::ranges::adjacent_find(starts, std::greater_equal{}) == starts.end(), "spans", "are out of order");
  const bool are_places =
      std::ranges::all_of(starts, [&](std::uint64_t start) { return NumberSpans::is_place(order, start); });
  if (reader.require(are_places, "spans", "begin where no number is")) {
    reader.require(std::ranges::equal(cells, NumberSpans::cells_of(order, starts)), "spans", "are not in their cells");
  }
  reader.require(std::ranges::all_of(marks, [&](std::uint32_t mark) { return mark <= known; }), "spans",
                 "have marks that are not there");
}

void check_marks(ImageReader& reader, std::span<const ListMarks> marks, const ListHead& head) {
  for (const ListMarks& each : marks) {
    reader.require(each.lists != 0 && each.lists >> kLists == 0 && each.reserved == 0, "marks", "are of no list");
    for (std::size_t list = 0; list < kLists; ++list) {
      const bool is_set = (each.lists >> list & 1U) != 0;
      reader.require(is_set ? each.origin[list] < head.origins : each.origin[list] == 0 && each.until[list] == 0,
                     "marks", "come from nowhere");
    }
  }
}

void check_origins(ImageReader& reader, std::span<const std::uint32_t> ends, std::span<const std::byte> left) {
  std::uint32_t before = 0;
  for (const std::uint32_t end : ends) {
    reader.require(end > before && end - before <= kMaxTextBytes, "origins", "have an impossible length");
    before = end;
  }
  if (reader.require(before <= left.size() && left.size() - before < layout::kUnit, "origins",
                     "do not end where the pool does")) {
    reader.require(std::ranges::all_of(left.subspan(before), [](std::byte octet) { return octet == std::byte{0}; }),
                   "origins", "are followed by something");
  }
}

}  // namespace

std::expected<ListTable, tables::TableError> ListTable::open(tables::ImageView image) {
  ImageReader reader(image, TableKind::lists, sizeof(ListSlot));
  reader.require(reader.records() == 0, "image", "has records");
  const std::span<const std::byte> pool = reader.pool();
  reader.require(reinterpret_cast<std::uintptr_t>(pool.data()) % layout::kUnit == 0, "image", "is not aligned");
  reader.require(pool.size() % layout::kUnit == 0, "pool", "has an impossible length");
  Parts parts(reader, pool);
  const auto heads = parts.take<ListHead>(1, "head");
  if (reader.failed()) {
    return reader.error();
  }
  const ListHead& head = heads.front();
  reader.require(head.reserved == 0, "reserved", "is not zero");
  reader.require(head.claim_score <= kMaxScore, "claim_score", "is more than 100");
  reader.require(head.learns <= 1, "learns", "is neither 0 nor 1");
  reader.require(head.origins <= layout::kMaxOrigins, "origins", "are too many");
  reader.require(std::max(head.prefixes, head.ranges) <= pool.size(), "spans", "run past the pool");
  if (reader.failed()) {
    return reader.error();
  }
  const std::size_t prefixes = head.prefixes;
  const std::size_t ranges = head.ranges;
  ListTable table;
  table.slots_ = parts.take<ListSlot>(head.slots, "slots");
  const auto prefix_starts = parts.take<std::uint64_t>(prefixes, "prefixes");
  const auto range_starts = parts.take<std::uint64_t>(ranges, "ranges");
  table.marks_ = parts.take<ListMarks>(head.marks, "marks");
  const auto prefix_cells =
      parts.take<std::uint32_t>(NumberSpans::cell_count(NumberOrder::by_digits, prefixes), "prefixes");
  const auto prefix_marks = parts.take<std::uint32_t>(prefixes, "prefixes");
  const auto range_cells = parts.take<std::uint32_t>(NumberSpans::cell_count(NumberOrder::by_length, ranges), "ranges");
  const auto range_marks = parts.take<std::uint32_t>(ranges, "ranges");
  table.origins_ = parts.take<std::uint32_t>(head.origins, "origins");
  if (!reader.failed()) {
    check_slots(reader, table.slots_, head);
    check_spans(reader, NumberOrder::by_digits, prefix_starts, prefix_cells, prefix_marks, table.marks_.size());
    check_spans(reader, NumberOrder::by_length, range_starts, range_cells, range_marks, table.marks_.size());
    check_marks(reader, table.marks_, head);
    check_origins(reader, table.origins_, parts.left());
  }
  if (reader.failed()) {
    return reader.error();
  }
  table.lines_ = head.lines;
  table.prefixes_ = NumberSpans(prefix_starts, prefix_cells, prefix_marks);
  table.ranges_ = NumberSpans(range_starts, range_cells, range_marks);
  table.origin_texts_ = reinterpret_cast<const char*>(parts.left().data());
  for (const ListMarks& each : table.marks_) {
    table.span_lists_ |= each.lists;
  }
  table.entries_ = head.entries;
  table.secret_ = head.secret;
  table.claim_score_ = static_cast<std::uint8_t>(head.claim_score);
  table.learns_contacts_ = head.learns != 0;
  for (std::size_t list = 0; list < kLists; ++list) {
    table.words_[list] = text_key(head.secret, KeyKind::list, to_string(static_cast<List>(list)));
  }
  return table;
}

}  // namespace stirline::config::policy
