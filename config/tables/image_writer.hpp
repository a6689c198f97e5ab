// Builds a table image: records in order, each with the octets it refers to. Internal to config.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/tables/records.hpp"

namespace stirline::config::tables {

template <typename Record>
class ImageWriter {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  // `pool_bytes` is exact, so that the image never moves and leaves no copy of a secret behind.
  ImageWriter(TableKind kind, std::size_t records, std::size_t pool_bytes)
      : header_{.schema = schema_hash(),
                .kind = static_cast<std::uint16_t>(kind),
                .record_bytes = sizeof(Record),
                .records = records,
                .pool_bytes = pool_bytes} {
    image_.reserve(sizeof(ImageHeader) + records * sizeof(Record) + pool_bytes);
    image_.resize(sizeof(ImageHeader) + records * sizeof(Record));
    std::memcpy(image_.data(), &header_, sizeof(header_));
    next_ = sizeof(ImageHeader);
  }

  Slice put(std::span<const std::byte> octets) {
    const Slice slice{pool_end(), static_cast<std::uint32_t>(octets.size())};
    image_.insert(image_.end(), octets.begin(), octets.end());
    return slice;
  }
  Slice put(std::string_view text) { return put(std::as_bytes(std::span(text))); }
  template <typename T>
  Slice put(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    return put(std::as_bytes(std::span(values)));
  }

  void add(const Record& record) {
    std::memcpy(image_.data() + next_, &record, sizeof(record));
    next_ += sizeof(record);
  }

  [[nodiscard]] Image take() { return std::move(image_); }

  // Where the next octets put into the pool will lie.
  [[nodiscard]] std::uint32_t pool_end() const {
    return static_cast<std::uint32_t>(image_.size() - sizeof(ImageHeader) - header_.records * sizeof(Record));
  }

 private:
  ImageHeader header_;
  Image image_;
  std::size_t next_ = 0;
};

}  // namespace stirline::config::tables
