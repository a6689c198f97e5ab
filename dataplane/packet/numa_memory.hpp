// Memory of one NUMA node for tables that packet cores look into at random, on large pages where there are any: with
// small ones half of such a look goes into finding the page.
#pragma once

#include <cstddef>
#include <memory>

#include <rte_memory.h>

namespace stirline::dataplane {

// Frees what allocate_on_node() gave. `mapped`: octets of the mapping; 0: the memory is DPDK's.
struct NumaMemoryFree {
  void operator()(std::byte* memory) const;
  void* mapping = nullptr;
  std::size_t mapped = 0;
};
using NumaMemory = std::unique_ptr<std::byte, NumaMemoryFree>;

// `alignment`: a power of two of 64 or more; `socket`: NUMA node, or SOCKET_ID_ANY. Not initialised. From DPDK's
// hugepages; without them, what is large is mapped for the kernel to put on its own (transparent huge pages), which it
// may refuse. Either way there is no more than DPDK's memory has room for: memory.megabytes bounds it. Throws
// std::bad_alloc. For start-up.
[[nodiscard]] NumaMemory allocate_on_node(std::size_t octets, std::size_t alignment, int socket);

}  // namespace stirline::dataplane
