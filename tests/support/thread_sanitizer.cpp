// What ThreadSanitizer must be told about DPDK, whose libraries are not instrumented, so that what it says about our
// own code can be believed. Linked in its builds only, by --wrap; nothing is suppressed.
//
// Three ways lead from thread to thread through those libraries: a core is launched and waited for; a port hands
// packets over; a pool gives buffers again that others have freed. The first two are told as they happen; the pool is
// replaced by one under a lock, which ThreadSanitizer understands by itself.
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <vector>

#include <sanitizer/tsan_interface.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>

#include "tests/support/handover.hpp"

extern "C" {
int real_init(int count, char** arguments) asm("__real_rte_eal_init");
int wrapped_init(int count, char** arguments) asm("__wrap_rte_eal_init");
int real_launch(lcore_function_t* function, void* argument, unsigned lcore) asm("__real_rte_eal_remote_launch");
int wrapped_launch(lcore_function_t* function, void* argument, unsigned lcore) asm("__wrap_rte_eal_remote_launch");
int real_wait(unsigned lcore) asm("__real_rte_eal_wait_lcore");
int wrapped_wait(unsigned lcore) asm("__wrap_rte_eal_wait_lcore");
rte_lcore_state_t real_state(unsigned lcore) asm("__real_rte_eal_get_lcore_state");
rte_lcore_state_t wrapped_state(unsigned lcore) asm("__wrap_rte_eal_get_lcore_state");
int real_start(std::uint16_t port) asm("__real_rte_eth_dev_start");
int wrapped_start(std::uint16_t port) asm("__wrap_rte_eth_dev_start");
}

namespace {

struct Launch {
  lcore_function_t* function = nullptr;
  void* argument = nullptr;
};
std::array<Launch, RTE_MAX_LCORE> launches;

int run(void* launched) {
  __tsan_acquire(launched);
  const Launch& launch = *static_cast<const Launch*>(launched);
  const int result = launch.function(launch.argument);
  __tsan_release(launched);
  return result;
}

std::uint16_t after_receive(std::uint16_t /*port*/, std::uint16_t /*queue*/, rte_mbuf** packets, std::uint16_t count,
                            std::uint16_t /*most*/, void* /*unused*/) {
  for (std::uint16_t i = 0; i < count; ++i) {
    stirline::test::take_over(packets[i]);
  }
  return count;
}

std::uint16_t before_transmit(std::uint16_t /*port*/, std::uint16_t /*queue*/, rte_mbuf** packets, std::uint16_t count,
                              void* /*unused*/) {
  for (std::uint16_t i = 0; i < count; ++i) {
    stirline::test::hand_over(packets[i]);
  }
  return count;
}

struct LockedPool {
  std::mutex mutex;
  std::vector<void*> objects;
};

LockedPool& pool_of(const rte_mempool* pool) {
  return *static_cast<LockedPool*>(pool->pool_data);
}

int alloc_pool(rte_mempool* pool) {
  pool->pool_data = std::make_unique<LockedPool>().release();
  return 0;
}
void free_pool(rte_mempool* pool) {
  const std::unique_ptr<LockedPool> owned(&pool_of(pool));
}
int put_objects(rte_mempool* pool, void* const* objects, unsigned count) {
  LockedPool& locked = pool_of(pool);
  const std::scoped_lock lock(locked.mutex);
  locked.objects.insert(locked.objects.end(), objects, objects + count);
  return 0;
}
int get_objects(rte_mempool* pool, void** objects, unsigned count) {
  LockedPool& locked = pool_of(pool);
  const std::scoped_lock lock(locked.mutex);
  if (locked.objects.size() < count) {
    return -ENOBUFS;
  }
  for (unsigned i = 0; i < count; ++i) {
    objects[i] = locked.objects.back();
    locked.objects.pop_back();
  }
  return 0;
}
unsigned count_objects(const rte_mempool* pool) {
  LockedPool& locked = pool_of(pool);
  const std::scoped_lock lock(locked.mutex);
  return static_cast<unsigned>(locked.objects.size());
}

constexpr const char* kPoolName = "locked";

}  // namespace

int wrapped_init(int count, char** arguments) {
  rte_mempool_ops operations = {};
  std::snprintf(static_cast<char*>(operations.name), sizeof operations.name, "%s", kPoolName);
  operations.alloc = alloc_pool;
  operations.free = free_pool;
  operations.enqueue = put_objects;
  operations.dequeue = get_objects;
  operations.get_count = count_objects;
  if (rte_mempool_register_ops(&operations) < 0) {
    return -1;
  }
  const int result = real_init(count, arguments);
  return result < 0 || rte_mbuf_set_user_mempool_ops(kPoolName) == 0 ? result : -1;
}

int wrapped_launch(lcore_function_t* function, void* argument, unsigned lcore) {
  launches[lcore] = {function, argument};
  __tsan_release(&launches[lcore]);
  return real_launch(run, &launches[lcore], lcore);
}

int wrapped_wait(unsigned lcore) {
  const int result = real_wait(lcore);
  __tsan_acquire(&launches[lcore]);
  return result;
}

rte_lcore_state_t wrapped_state(unsigned lcore) {
  const rte_lcore_state_t state = real_state(lcore);
  if (state != RUNNING) {
    __tsan_acquire(&launches[lcore]);
  }
  return state;
}

int wrapped_start(std::uint16_t port) {
  const int result = real_start(port);
  rte_eth_dev_info facts = {};
  if (result != 0 || rte_eth_dev_info_get(port, &facts) != 0) {
    return result;
  }
  for (std::uint16_t queue = 0; queue < facts.nb_rx_queues; ++queue) {
    rte_eth_add_rx_callback(port, queue, after_receive, nullptr);
  }
  for (std::uint16_t queue = 0; queue < facts.nb_tx_queues; ++queue) {
    rte_eth_add_tx_callback(port, queue, before_transmit, nullptr);
  }
  return result;
}
