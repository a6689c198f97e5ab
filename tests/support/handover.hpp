// Tells ThreadSanitizer that a packet goes from thread to thread through a ring of DPDK, which it cannot see into:
// libraries are not instrumented. In other builds nothing happens. See thread_sanitizer.cpp.
#pragma once

#ifdef STIRLINE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace stirline::test {

// Before another thread can get at it.
inline void hand_over([[maybe_unused]] void* packet) {
#ifdef STIRLINE_THREAD_SANITIZER
  __tsan_release(packet);
#endif
}

// After it has come from another thread.
inline void take_over([[maybe_unused]] void* packet) {
#ifdef STIRLINE_THREAD_SANITIZER
  __tsan_acquire(packet);
#endif
}

}  // namespace stirline::test
