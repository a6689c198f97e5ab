#include "crypto_workers/p256/cpu_features.hpp"

namespace stirline::crypto {

bool has_ifma() {
  // The compiler's library asks cpuid and XCR0, and says no if either does.
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512ifma") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
         __builtin_cpu_supports("avx512vbmi2") != 0;
}

bool has_ssse3() {
  return __builtin_cpu_supports("ssse3") != 0;
}

}  // namespace stirline::crypto
