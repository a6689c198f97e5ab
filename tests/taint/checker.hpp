// Taint, by whichever checker this is built for: MemorySanitizer or DataFlowSanitizer.
#pragma once

#include <cstddef>

#if __has_feature(dataflow_sanitizer)
#include <sanitizer/dfsan_interface.h>
#else
#include <sanitizer/msan_interface.h>
#endif

namespace stirline::taint {

inline void taint(void* begin, std::size_t octets) {
#if __has_feature(dataflow_sanitizer)
  dfsan_set_label(1, begin, octets);
#else
  __msan_poison(begin, octets);
#endif
}

inline void cleanse(void* begin, std::size_t octets) {
#if __has_feature(dataflow_sanitizer)
  dfsan_set_label(0, begin, octets);
#else
  __msan_unpoison(begin, octets);
#endif
}

// True if any of them is.
inline bool tainted(const void* begin, std::size_t octets) {
#if __has_feature(dataflow_sanitizer)
  return dfsan_read_label(begin, octets) != 0;
#else
  return __msan_test_shadow(begin, octets) >= 0;
#endif
}

}  // namespace stirline::taint
