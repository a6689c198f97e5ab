// An array of fixed size in the memory of one NUMA node. Allocated once, at start-up; throws std::bad_alloc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "dataplane/packet/numa_memory.hpp"

namespace stirline::dataplane {

template <typename T>
class NumaArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  // `socket`: NUMA node, or SOCKET_ID_ANY. Elements are value-initialised.
  NumaArray(std::size_t size, int socket) : size_(size) {
    if (size > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw std::bad_alloc();
    }
    memory_ = allocate_on_node(size * sizeof(T), std::max<std::size_t>(alignof(T), 64), socket);
    std::uninitialized_value_construct_n(elements(), size);
  }

  [[nodiscard]] T& operator[](std::size_t index) { return elements()[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const { return elements()[index]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<T> all() { return {elements(), size_}; }

 private:
  [[nodiscard]] T* elements() const { return reinterpret_cast<T*>(memory_.get()); }

  NumaMemory memory_;
  std::size_t size_;
};

}  // namespace stirline::dataplane
