// An array of fixed size in the memory of one NUMA node. Allocated once, at start-up; throws std::bad_alloc.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include <rte_malloc.h>

namespace stirline::dataplane {

template <typename T>
class NumaArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  // `socket`: NUMA node, or SOCKET_ID_ANY. Elements are value-initialised.
  NumaArray(std::size_t size, int socket) : size_(size) {
    void* memory = nullptr;
    if (size <= std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      memory = rte_malloc_socket(nullptr, size * sizeof(T), alignof(T) > 64 ? alignof(T) : 64, socket);
    }
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    elements_.reset(static_cast<T*>(memory));
    std::uninitialized_value_construct_n(elements_.get(), size);
  }

  [[nodiscard]] T& operator[](std::size_t index) { return elements_.get()[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const { return elements_.get()[index]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<T> all() { return {elements_.get(), size_}; }

 private:
  struct Free {
    void operator()(void* memory) const { rte_free(memory); }
  };
  std::unique_ptr<T, Free> elements_;
  std::size_t size_;
};

}  // namespace stirline::dataplane
