#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {
namespace {

template <typename Predicate>
constexpr OctetRows rows_where(Predicate&& predicate) {
  OctetRows result;
  for (unsigned octet = 0; octet < 128; ++octet) {
    if (predicate(static_cast<char>(octet))) {
      for (std::size_t row = octet % OctetRows::kRows; row < result.rows.size(); row += OctetRows::kRows) {
        result.rows[row] = static_cast<std::uint8_t>(result.rows[row] | 1U << octet / OctetRows::kRows);
      }
    }
  }
  return result;
}

}  // namespace

constinit const std::array<RepeatedOctet, 128> kRepeated = [] {
  std::array<RepeatedOctet, 128> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) {
    table[octet].octets.fill(static_cast<char>(octet));
  }
  return table;
}();

alignas(64) constinit const std::array<std::uint8_t, 128> kClassBits = [] {
  std::array<std::uint8_t, 128> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) {
    for (unsigned i = 0; i < kOctetClasses; ++i) {
      const bool member = belongs(static_cast<char>(octet), static_cast<OctetClass>(i));
      table[octet] = static_cast<std::uint8_t>(table[octet] | (member ? 1U << i : 0U));
    }
  }
  return table;
}();

alignas(64) constinit const std::array<std::uint8_t, 128> kStrayBits = [] {
  std::array<std::uint8_t, 128> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) {
    table[octet] = is_stray(static_cast<char>(octet)) ? 0x80 : 0;
  }
  return table;
}();

constinit const std::array<OctetRows, kOctetClasses> kClassRows = [] {
  std::array<OctetRows, kOctetClasses> table{};
  for (unsigned i = 0; i < kOctetClasses; ++i) {
    table[i] = rows_where([i](char c) { return belongs(c, static_cast<OctetClass>(i)); });
  }
  return table;
}();

constinit const OctetRows kRowBits = [] {
  OctetRows result;
  for (std::size_t row = 0; row < result.rows.size(); ++row) {
    result.rows[row] = static_cast<std::uint8_t>(row % OctetRows::kRows < 8 ? 1U << row % OctetRows::kRows : 0U);
  }
  return result;
}();

}  // namespace stirline::sip::detail
