#include "config/tables/number_table.hpp"

#include <algorithm>
#include <tuple>

#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"
#include "config/text_rules.hpp"

namespace stirline::config::tables {
namespace {

void check_range(ImageReader& reader, const NumberRange& range) {
  const bool digits_good = range.digits >= 1 && range.digits <= kMaxE164Digits;
  reader.require(digits_good, "digits", "is not 1 to 15");
  reader.require(range.first <= range.last, "first", "is behind last");
  reader.require(digits_good && range.last < power_of_ten(range.digits), "last", "has more digits than the range");
  reader.require(is_attest(range.attest), "attest", "is not A, B, C or -");
  reader.require((range.attest == '-') == (range.credential == kNoCredential), "credential",
                 "is there without attestation, or missing with it");
  reader.zero(range.reserved);
}

bool is_before(const NumberRange& a, const NumberRange& b) {
  return std::tie(a.trunk, a.digits) < std::tie(b.trunk, b.digits) ||
         (a.trunk == b.trunk && a.digits == b.digits && a.last < b.first);
}

}  // namespace

Image encode_numbers(const std::vector<NumberRange>& ranges) {
  ImageWriter<NumberRange> writer(TableKind::numbers, ranges.size(), 0);
  for (const NumberRange& range : ranges) {
    writer.add(range);
  }
  return writer.take();
}

std::expected<NumberTable, TableError> NumberTable::open(ImageView image) {
  ImageReader reader(image, TableKind::numbers, sizeof(NumberRange));
  const std::byte* const octets = reader.record_octets().data();
  reader.require(std::bit_cast<std::uintptr_t>(octets) % alignof(NumberRange) == 0, "image", "is not aligned");
  NumberRange before;
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    const auto range = reader.record<NumberRange>(i);
    check_range(reader, range);
    reader.require(i == 0 || is_before(before, range), "first", "is out of order or overlaps the record before");
    before = range;
  }
  reader.finish();
  if (reader.failed()) {
    return reader.error();
  }
  NumberTable table;
  if (reader.records() != 0) {
    table.ranges_ = {reinterpret_cast<const NumberRange*>(octets), reader.records()};
  }
  return table;
}

const NumberRange* NumberTable::find(std::uint32_t trunk, std::string_view number) const {
  if (!is_digits(number, 1, kMaxE164Digits)) {
    return nullptr;
  }
  const auto digits = static_cast<std::uint8_t>(number.size());
  const std::uint64_t value = digits_value(number);
  const auto found = std::ranges::lower_bound(
      ranges_, std::tie(trunk, digits, value), {},
      [](const NumberRange& range) { return std::tie(range.trunk, range.digits, range.last); });
  const bool inside =
      found != ranges_.end() && found->trunk == trunk && found->digits == digits && found->first <= value;
  return inside ? &*found : nullptr;
}

}  // namespace stirline::config::tables
