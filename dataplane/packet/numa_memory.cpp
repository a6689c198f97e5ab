#include "dataplane/packet/numa_memory.hpp"

#include <atomic>
#include <cstdint>
#include <new>

#include <sys/mman.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

namespace stirline::dataplane {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;

// Of the process, as DPDK's memory is.
std::atomic<std::size_t> mapped_in_all = 0;

std::size_t free_in_dpdk() {
  std::size_t free = 0;
  for (unsigned i = 0; i < rte_socket_count(); ++i) {
    rte_malloc_socket_stats stats{};
    if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0) {
      free += stats.heap_freesz_bytes;
    }
  }
  return free;
}

// Without hugepages DPDK knows of one node only, so no node is asked for.
NumaMemory map_large_pages(std::size_t octets) {
  const std::size_t room = free_in_dpdk();
  if (octets > room) {
    throw std::bad_alloc();
  }
  if (mapped_in_all.fetch_add(octets) + octets > room) {
    mapped_in_all -= octets;
    throw std::bad_alloc();
  }
  const std::size_t mapped = octets + kHugePage;  // to begin with a whole one: what is in front is never touched
  void* const mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    mapped_in_all -= octets;
    throw std::bad_alloc();
  }
  const std::size_t in_front = (kHugePage - reinterpret_cast<std::uintptr_t>(mapping) % kHugePage) % kHugePage;
  std::byte* const memory = static_cast<std::byte*>(mapping) + in_front;
  madvise(memory, octets, MADV_HUGEPAGE);  // refused: small pages, as right and slower
  return NumaMemory(memory, {mapping, mapped});
}

}  // namespace

void NumaMemoryFree::operator()(std::byte* memory) const {
  if (mapping != nullptr) {
    munmap(mapping, mapped);
    mapped_in_all -= mapped - kHugePage;
  } else {
    rte_free(memory);
  }
}

NumaMemory allocate_on_node(std::size_t octets, std::size_t alignment, int socket) {
  if (octets >= kHugePage && rte_eal_has_hugepages() == 0) {
    return map_large_pages(octets);
  }
  void* const memory = rte_malloc_socket(nullptr, octets, static_cast<unsigned>(alignment), socket);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return NumaMemory(static_cast<std::byte*>(memory), {});
}

}  // namespace stirline::dataplane
