// Number ranges with their attestation: read in place, one binary search a call.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/tables/image.hpp"

namespace stirline::config::tables {

inline constexpr std::uint32_t kNoCredential = 0xffff'ffff;

// All numbers of `digits` digits from `first` to `last`. Plain data: this is the record of the image.
struct NumberRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint32_t trunk = 0;                   // index in the trunk table
  std::uint32_t credential = kNoCredential;  // index in the credential table
  std::uint8_t digits = 0;                   // 1..15 (E.164)
  char attest = '-';                         // 'A', 'B', 'C'; '-': do not sign
  std::uint8_t reserved[6] = {};             // zero
};
static_assert(sizeof(NumberRange) == 32);

// `ranges` sorted by (trunk, digits, first) and without overlap (the compiler of the configuration has flattened them).
[[nodiscard]] Image encode_numbers(const std::vector<NumberRange>& ranges);

class NumberTable {
 public:
  // Checks everything: sizes, order, overlap, attest letters. The octets must stay mapped while the table is used.
  [[nodiscard]] static std::expected<NumberTable, TableError> open(ImageView image);

  // The range that holds `number` (canonical digits) for trunk `trunk`, or nullptr.
  [[nodiscard]] const NumberRange* find(std::uint32_t trunk, std::string_view number) const;
  [[nodiscard]] std::span<const NumberRange> ranges() const { return ranges_; }

 private:
  std::span<const NumberRange> ranges_;
};

}  // namespace stirline::config::tables
