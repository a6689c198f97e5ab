// A list with room for kMost values and no heap, for what a hostile message may repeat. Copies carry what is in it, not
// the room: most lists of most messages are empty, and they travel in job slots from core to core.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace stirline::sip {

template <typename Value, std::size_t kMost>
class FixedList {
 public:
  static constexpr std::size_t kCapacity = kMost;

  FixedList() = default;
  ~FixedList() = default;
  FixedList(const FixedList& other) { *this = other; }
  FixedList& operator=(const FixedList& other) {
    if (this != &other) {
      size_ = other.size_;
      std::ranges::copy(other.view(), values_.begin());
    }
    return *this;
  }

  // False, and nothing changed, if the list is full.
  [[nodiscard]] bool push(const Value& value) {
    if (size_ == kMost) {
      return false;
    }
    values_[size_++] = value;
    return true;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const Value& operator[](std::size_t index) const { return values_[index]; }  // index below size()
  [[nodiscard]] Value& back() { return values_[size_ - 1]; }                                 // of a list not empty
  void clear() { size_ = 0; }
  [[nodiscard]] std::span<Value> view() { return {values_.data(), size_}; }
  [[nodiscard]] std::span<const Value> view() const { return {values_.data(), size_}; }

 private:
  std::size_t size_ = 0;
  std::array<Value, kMost> values_{};
};

}  // namespace stirline::sip
