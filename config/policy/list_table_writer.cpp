#include "config/policy/list_table_writer.hpp"

#include <algorithm>
#include <set>

#include "config/policy/list_table_layout.hpp"
#include "config/tables/image_writer.hpp"

namespace stirline::config::policy {
namespace {

using layout::kLineSlots;
using layout::ListHead;
using layout::ListMarks;
using layout::ListSlot;

// Four of five slots are taken: the fullest at which nearly every search ends in its own cache line or the next.
std::uint64_t lines_for(std::size_t entries) {
  return entries == 0 ? 0 : (entries + entries / 4) / kLineSlots + 1;
}

template <typename T>
std::span<const std::byte> octets_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

}  // namespace

struct ListTableWriter::Spans {
  std::vector<std::uint64_t> starts;
  std::vector<std::uint32_t> marks;
};

ListTableWriter::ListTableWriter(const KeySecret& secret, const ListSettings& settings)
    : secret_(secret), settings_(settings) {}
ListTableWriter::~ListTableWriter() = default;

std::uint16_t ListTableWriter::origin(std::string_view text) {
  if (const auto known = origins_.find(text); known != origins_.end()) {
    return known->second;
  }
  const bool is_full = origins_.size() + 1 >= layout::kMaxOrigins;
  return origins_.try_emplace(is_full ? "others" : std::string(text), static_cast<std::uint16_t>(origins_.size()))
      .first->second;
}

void ListTableWriter::add(List list, Key subject, ListUntil until, std::uint16_t origin) {
  entries_.push_back({.mixed = layout::mixed_key(secret_, subject),
                      .until = until,
                      .origin = origin,
                      .list = static_cast<std::uint8_t>(1U + static_cast<unsigned>(list))});
}

void ListTableWriter::add_prefix(List list, Key digits, ListUntil until, std::uint16_t origin) {
  prefixes_.push_back({place_of(NumberOrder::by_digits, digits).place, last_by_digits(digits), until, origin,
                       static_cast<std::uint8_t>(list)});
}

void ListTableWriter::add_range(List list, Key first, Key last, ListUntil until, std::uint16_t origin) {
  ranges_.push_back({first, last, until, origin, static_cast<std::uint8_t>(list)});
}

// A line swept over all spans: where one begins or ends, what holds from there on.
ListTableWriter::Spans ListTableWriter::laid_out(std::vector<Span> spans, std::map<ListMarks, std::uint32_t>& marks) {
  struct Event {
    std::uint64_t place = 0;
    std::uint32_t span = 0;
    bool begins = false;
  };
  std::vector<Event> events;
  events.reserve(spans.size() * 2);
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    events.push_back({spans[i].first, i, true});
    events.push_back({spans[i].last + 1, i, false});
  }
  std::ranges::sort(events, {}, &Event::place);
  std::array<std::multiset<std::pair<ListUntil, std::uint16_t>>, kLists> open;  // the last of each lasts longest
  Spans made;
  for (std::size_t i = 0; i < events.size();) {
    const std::uint64_t place = events[i].place;
    for (; i < events.size() && events[i].place == place; ++i) {
      const Span& span = spans[events[i].span];
      auto& of_list = open[span.list];
      if (events[i].begins) {
        of_list.emplace(span.until, span.origin);
      } else {
        of_list.erase(of_list.find({span.until, span.origin}));
      }
    }
    ListMarks now;
    for (std::size_t list = 0; list < kLists; ++list) {
      if (!open[list].empty()) {
        now.lists |= list_bit(static_cast<List>(list));
        std::tie(now.until[list], now.origin[list]) = *open[list].rbegin();
      }
    }
    const std::uint32_t mark =
        now.lists == 0 ? 0 : marks.try_emplace(now, static_cast<std::uint32_t>(marks.size() + 1)).first->second;
    if (made.marks.empty() || made.marks.back() != mark) {
      made.starts.push_back(place);
      made.marks.push_back(mark);
    }
  }
  return made;
}

std::vector<ListSlot> ListTableWriter::placed(std::uint64_t& lines) {
  std::ranges::sort(entries_, [](const ListSlot& a, const ListSlot& b) {
    return std::tuple(a.mixed, a.list, b.until, a.origin) < std::tuple(b.mixed, b.list, a.until, b.origin);
  });
  const auto twice = std::ranges::unique(
      entries_, [](const ListSlot& a, const ListSlot& b) { return a.mixed == b.mixed && a.list == b.list; });
  entries_.erase(twice.begin(), twice.end());
  lines = lines_for(entries_.size());
  std::vector<ListSlot> slots(lines == 0 ? 0 : (lines + 1) * kLineSlots);
  std::size_t next = 0;
  for (const ListSlot& entry : entries_) {
    next = std::max(next, layout::home_of_mixed(entry.mixed, lines));
    if (next + 1 >= slots.size()) {
      slots.resize(slots.size() + kLineSlots);
    }
    slots[next++] = entry;
  }
  return slots;
}

std::expected<tables::Image, std::string> ListTableWriter::take() {
  std::map<ListMarks, std::uint32_t> known;
  const Spans prefixes = laid_out(std::exchange(prefixes_, {}), known);
  const Spans ranges = laid_out(std::exchange(ranges_, {}), known);
  std::vector<ListMarks> marks(known.size());
  for (const auto& [mark, number] : known) {
    marks[number - 1] = mark;
  }
  ListHead head{.secret = secret_,
                .prefixes = prefixes.starts.size(),
                .ranges = ranges.starts.size(),
                .marks = marks.size(),
                .origins = origins_.size(),
                .claim_score = settings_.claim_score,
                .learns = settings_.learns_contacts ? 1U : 0U};
  const std::vector<ListSlot> slots = placed(head.lines);
  head.slots = slots.size();
  head.entries = entries_.size();
  entries_ = {};

  std::vector<std::string_view> in_order(origins_.size());
  for (const auto& [text, number] : origins_) {
    in_order[number] = text;
  }
  std::string texts;
  std::vector<std::uint32_t> ends;
  for (const std::string_view text : in_order) {
    texts += text;
    ends.push_back(static_cast<std::uint32_t>(texts.size()));
  }
  const std::vector<std::uint32_t> prefix_cells = NumberSpans::cells_of(NumberOrder::by_digits, prefixes.starts);
  const std::vector<std::uint32_t> range_cells = NumberSpans::cells_of(NumberOrder::by_length, ranges.starts);
  const std::size_t words =
      prefix_cells.size() + prefixes.marks.size() + range_cells.size() + ranges.marks.size() + ends.size();
  texts.resize((words * sizeof(std::uint32_t) + texts.size() + layout::kUnit - 1) / layout::kUnit * layout::kUnit -
               words * sizeof(std::uint32_t));

  const std::array parts{std::as_bytes(std::span(&head, 1)),
                         octets_of(slots),
                         octets_of(prefixes.starts),
                         octets_of(ranges.starts),
                         octets_of(marks),
                         octets_of(prefix_cells),
                         octets_of(prefixes.marks),
                         octets_of(range_cells),
                         octets_of(ranges.marks),
                         octets_of(ends),
                         std::as_bytes(std::span(texts))};
  std::size_t pool = 0;
  for (const auto part : parts) {
    pool += part.size();
  }
  if (pool + sizeof(tables::ImageHeader) > tables::kMaxImageBytes) {
    return std::unexpected("the lists need " + std::to_string(pool >> 20) + " MiB, more than the 256 of a table");
  }
  tables::ImageWriter<ListSlot> writer(tables::TableKind::lists, 0, pool);
  for (const auto part : parts) {
    writer.put(part);
  }
  return writer.take();
}

}  // namespace stirline::config::policy
