// What DataFlowSanitizer leaves to its user: to say what is wrong, and to end the program, with status 86.
//
// Built without DataFlowSanitizer: this is what it calls.
#include <cstdio>
#include <cstdlib>

#include <sanitizer/common_interface_defs.h>
#include <sanitizer/dfsan_interface.h>

namespace {

[[noreturn]] void report(const char* what) {
  std::fprintf(stderr, "tainted %s\n", what);
  __sanitizer_print_stack_trace();
  std::_Exit(86);
}

void condition(dfsan_label /*label*/, dfsan_origin /*origin*/) {
  report("condition");
}

[[gnu::constructor]] void watch_conditions() {
  dfsan_set_conditional_callback(condition);
}

}  // namespace

// The label is that of the memory or of the pointer. If the memory has none, it is the pointer's.
extern "C" void __dfsan_load_callback(dfsan_label label, void* address) {
  if (label != 0 && dfsan_read_label(address, 1) == 0) {
    report("address");
  }
}
extern "C" void __dfsan_store_callback(dfsan_label /*label*/, void* /*address*/) {}
extern "C" void __dfsan_mem_transfer_callback(dfsan_label* /*labels*/, std::size_t /*octets*/) {}
extern "C" void __dfsan_cmp_callback(dfsan_label /*label*/) {}
