// Reads a hostile table image. The first thing found wrong sticks: what is read afterwards is empty, and the reader
// says what it was. Internal to config.
#pragma once

#include <cstring>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/tables/records.hpp"

namespace stirline::config::tables {

// A rule of a text that may be missing.
template <typename Rule>
[[nodiscard]] auto empty_or(Rule rule) {
  return [rule](std::string_view text) { return text.empty() || rule(text); };
}

class ImageReader {
 public:
  // Checks the header against the octets that are there; `record_bytes` is what this version expects.
  ImageReader(ImageView image, TableKind kind, std::size_t record_bytes);

  [[nodiscard]] std::size_t records() const { return records_; }
  [[nodiscard]] std::span<const std::byte> record_octets() const { return record_octets_; }

  // All of the pool: for images whose pool has a layout of its own, which then need no finish().
  [[nodiscard]] std::span<const std::byte> pool() const { return pool_; }

  // Record `index` (below records()); what is found wrong from now on is told of this record.
  template <typename Record>
  [[nodiscard]] Record record(std::size_t index) {
    static_assert(std::is_trivially_copyable_v<Record>);
    current_ = index;
    in_records_ = true;
    Record record;
    std::memcpy(&record, record_octets_.data() + index * sizeof(Record), sizeof(Record));
    return record;
  }

  // The octets of `slice`, which must begin where the last slice ended.
  [[nodiscard]] std::span<const std::byte> octets(const Slice& slice, std::string_view field);

  // The same as text, of which `rule` must hold.
  template <typename Rule>
  [[nodiscard]] std::string text(const Slice& slice, std::string_view field, Rule&& rule) {
    const std::span<const std::byte> found = octets(slice, field);
    const std::string_view view(reinterpret_cast<const char*>(found.data()), found.size());
    if (!require(rule(view), field, "has a value that is not allowed")) {
      return {};
    }
    return std::string(view);
  }

  // The same as an array of `T`, at most `most` of them.
  template <typename T>
  [[nodiscard]] std::vector<T> array(const Slice& slice, std::string_view field, std::size_t most) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::span<const std::byte> found = octets(slice, field);
    if (!require(found.size() % sizeof(T) == 0 && found.size() / sizeof(T) <= most, field,
                 "has an impossible length")) {
      return {};
    }
    std::vector<T> values(found.size() / sizeof(T));
    if (!values.empty()) {
      std::memcpy(values.data(), found.data(), found.size());
    }
    return values;
  }

  // An enum whose last enumerator is `last`, a boolean, octets that must be zero.
  template <typename Enum>
  [[nodiscard]] Enum enumerator(std::uint8_t value, Enum last, std::string_view field) {
    const bool good = require(value <= static_cast<std::uint8_t>(last), field, "is out of range");
    return static_cast<Enum>(good ? value : 0);
  }
  [[nodiscard]] bool flag(std::uint8_t value, std::string_view field) {
    return require(value <= 1, field, "is neither 0 nor 1") && value == 1;
  }
  void zero(std::span<const std::uint8_t> reserved);

  // Records `what` about `field` unless `holds` or something was wrong before; true if all is well so far.
  bool require(bool holds, std::string_view field, std::string_view what);

  // After the last record: nothing of the pool may be left.
  void finish();

  [[nodiscard]] bool failed() const { return !error_.text.empty(); }
  [[nodiscard]] std::unexpected<TableError> error() const { return std::unexpected(error_); }

 private:
  void check_header(ImageView image, TableKind kind, std::size_t record_bytes);

  std::string table_;
  std::size_t records_ = 0;
  std::span<const std::byte> record_octets_;
  std::span<const std::byte> pool_;
  std::size_t next_ = 0;  // in the pool
  std::size_t current_ = 0;
  bool in_records_ = false;
  TableError error_;
};

}  // namespace stirline::config::tables
