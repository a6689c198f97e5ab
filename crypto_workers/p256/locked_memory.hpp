// Pages of our own for secrets: private and anonymous (never memory that another process of the appliance can map),
// locked, left out of core dumps, overwritten before they go.
#pragma once

#include <cstddef>

namespace stirline::crypto {

class LockedMemory {
 public:
  enum class OnFork { leave_out, wipe };  // what a child process finds: nothing mapped, or zeros

  // Zeroed, aligned to a page; from 2 MB on to 2 MB, for large pages. Throws std::bad_alloc.
  explicit LockedMemory(std::size_t bytes, OnFork on_fork = OnFork::leave_out);
  ~LockedMemory();
  LockedMemory(const LockedMemory&) = delete;
  LockedMemory& operator=(const LockedMemory&) = delete;

  [[nodiscard]] void* data() const { return begin_; }
  // False if the system refused to lock (RLIMIT_MEMLOCK): the pages work, but may reach the swap.
  [[nodiscard]] bool locked() const { return locked_; }

 private:
  std::byte* mapping_ = nullptr;
  std::size_t mapping_bytes_ = 0;
  std::byte* begin_ = nullptr;
  std::size_t bytes_ = 0;
  bool locked_ = false;
};

}  // namespace stirline::crypto
