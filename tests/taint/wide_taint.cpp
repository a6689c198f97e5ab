#include "tests/taint/wide_taint.hpp"

#include <cstddef>

#include <sanitizer/msan_interface.h>

namespace stirline::taint {

void widen(__m512i& vector) {
  auto* const lane = reinterpret_cast<char*>(&vector);
  for (std::size_t i = 0; i < sizeof vector; i += 8) {
    if (__msan_test_shadow(lane + i, 8) >= 0) {
      __msan_poison(lane + i, 8);
    }
  }
}

}  // namespace stirline::taint
