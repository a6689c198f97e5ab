#include "sip_parser/kernel/select.hpp"

namespace stirline::sip {

// The compiler's library asks cpuid and XCR0, and says no if either does.
bool runs_here(Kernel kernel) {
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                    __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("lzcnt") != 0 &&
                    __builtin_cpu_supports("popcnt") != 0;
  switch (kernel) {
    case Kernel::scalar:
      return true;
    case Kernel::avx2:
      return avx2;
    case Kernel::avx512:
      return avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
             __builtin_cpu_supports("avx512vbmi2") != 0;
  }
  return false;
}

Kernel selected_kernel() {
  static const Kernel kSelected = runs_here(Kernel::avx512) ? Kernel::avx512
                                  : runs_here(Kernel::avx2) ? Kernel::avx2
                                                            : Kernel::scalar;
  return kSelected;
}

std::string_view to_string(Kernel kernel) {
  switch (kernel) {
    case Kernel::scalar:
      return "scalar";
    case Kernel::avx2:
      return "avx2";
    case Kernel::avx512:
      return "avx512";
  }
  return "unknown";
}

namespace detail {

ReadMessage* entry_of(Kernel kernel) {
  switch (kernel) {
    case Kernel::avx2:
      return read_message_avx2;
    case Kernel::avx512:
      return read_message_avx512;
    case Kernel::scalar:
      break;
  }
  return read_message_scalar;
}

ReadMessage* selected_entry() {
  static ReadMessage* const kEntry = entry_of(selected_kernel());
  return kEntry;
}

}  // namespace detail
}  // namespace stirline::sip
