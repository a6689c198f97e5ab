// TNAuthList: which numbers and service providers a STIR certificate speaks for (RFC 8226 9; STIR-CE-01..03).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::crypto {

// One entry of the list. Numbers are digits, '#', '*' without '+'.
struct TnEntry {
  enum class Kind : std::uint8_t { spc, range, one };
  Kind kind = Kind::spc;
  std::string value;        // the SPC, the first number of the range, or the number
  std::uint64_t count = 1;  // range: how many consecutive numbers, 2 or more
};

class TnAuthList {
 public:
  TnAuthList() = default;
  explicit TnAuthList(std::vector<TnEntry> entries) : entries_(std::move(entries)) {}

  [[nodiscard]] const std::vector<TnEntry>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool has_spc() const;
  [[nodiscard]] std::string_view spc() const;  // the first one; empty: it has none

  // True if a range or a single number of the list contains `number` (canonical): same digit length, numeric
  // containment.
  [[nodiscard]] bool contains_number(std::string_view number) const;

  // Is everything this list names within `parent`, the list of the issuing certificate (RFC 9060 4.1; STIR-CE-08)? A
  // parent with an SPC may delegate any number, and which ones are its own is the CA's word; unless
  // `spc_delegates_numbers` is false.
  [[nodiscard]] bool within(const TnAuthList& parent, bool spc_delegates_numbers = true) const;

  // May the holder speak for `number`? An SPC covers by the trust in the issuing regime (STIR-VS-09, STIR-SH-06).
  [[nodiscard]] bool covers(std::string_view number) const { return has_spc() || contains_number(number); }

 private:
  std::vector<TnEntry> entries_;
};

enum class TnAuthListError : std::uint8_t {
  bad_der,     // not DER: indefinite or non-minimal length, wrong tag, trailing octets
  empty_list,  // SIZE (1..MAX)
  bad_spc,     // not IA5String, or empty
  bad_number,  // not 1..15 of 0-9 # *
  bad_range,   // start with other than digits, count below 2, or beyond its digit length (STIR-CE-02)
  too_long,    // more than kMaxTnAuthListEntries
};

inline constexpr std::size_t kMaxTnAuthListEntries = 1'024;

// Decodes the value of the extension 1.3.6.1.5.5.7.1.26 (the octets inside extnValue). Own decoder: no allocation
// before a length has been checked, at most 1,024 entries.
[[nodiscard]] std::expected<TnAuthList, TnAuthListError> decode_tn_auth_list(std::span<const std::uint8_t> der);

}  // namespace stirline::crypto
