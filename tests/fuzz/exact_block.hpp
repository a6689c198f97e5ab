// The input in a heap block of exactly its size: a sanitizer sees the first octet read too far.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

namespace stirline::fuzz {

class ExactBlock {
 public:
  ExactBlock(const std::uint8_t* data, std::size_t size) : block_(std::make_unique<char[]>(size)), size_(size) {
    std::copy_n(data, size, block_.get());
  }
  explicit ExactBlock(std::string_view octets) : block_(std::make_unique<char[]>(octets.size())), size_(octets.size()) {
    std::ranges::copy(octets, block_.get());
  }

  [[nodiscard]] std::string_view view() const { return {block_.get(), size_}; }

 private:
  std::unique_ptr<char[]> block_;
  std::size_t size_;
};

}  // namespace stirline::fuzz
