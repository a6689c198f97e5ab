#include "config/tables/image_reader.hpp"

#include <algorithm>

namespace stirline::config::tables {

ImageReader::ImageReader(ImageView image, TableKind kind, std::size_t record_bytes) : table_(to_string(kind)) {
  check_header(image, kind, record_bytes);
}

void ImageReader::check_header(ImageView image, TableKind kind, std::size_t record_bytes) {
  if (!require(image.size() >= sizeof(ImageHeader), "image", "is shorter than its header") ||
      !require(image.size() <= kMaxImageBytes, "image", "is larger than 256 MiB")) {
    return;
  }
  ImageHeader header;
  std::memcpy(&header, image.data(), sizeof(header));
  const std::size_t body = image.size() - sizeof(header);
  if (!require(header.magic == kImageMagic, "image", "does not begin like a table") ||
      !require(header.schema == schema_hash(), "image", "was written by another version") ||
      !require(header.kind == static_cast<std::uint16_t>(kind), "image", "is of another kind") ||
      !require(header.record_bytes == record_bytes, "image", "has records of another size") ||
      !require(header.records <= body / record_bytes, "image", "is too short for its records") ||
      !require(header.pool_bytes == body - header.records * record_bytes, "image",
               "does not end where its pool ends")) {
    return;
  }
  records_ = header.records;
  record_octets_ = image.subspan(sizeof(header), records_ * record_bytes);
  pool_ = image.subspan(sizeof(header) + record_octets_.size());
}

std::span<const std::byte> ImageReader::octets(const Slice& slice, std::string_view field) {
  if (!require(slice.offset == next_, field, "does not begin where the field before it ended") ||
      !require(slice.length <= pool_.size() - next_, field, "runs past the pool")) {
    return {};
  }
  next_ += slice.length;
  return pool_.subspan(slice.offset, slice.length);
}

void ImageReader::zero(std::span<const std::uint8_t> reserved) {
  require(std::ranges::all_of(reserved, [](std::uint8_t octet) { return octet == 0; }), "reserved", "is not zero");
}

bool ImageReader::require(bool holds, std::string_view field, std::string_view what) {
  if (failed()) {
    return false;
  }
  if (!holds) {
    error_.text = table_ + ": ";
    if (in_records_) {
      error_.text += "record " + std::to_string(current_) + ": ";
    }
    error_.text.append(field).append(" ").append(what);
  }
  return holds;
}

void ImageReader::finish() {
  in_records_ = false;
  require(next_ == pool_.size(), "pool", "holds octets that no record refers to");
}

}  // namespace stirline::config::tables
