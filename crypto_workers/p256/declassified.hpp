// Where the signing path lets go of a secret: the few values computed from nonces and keys that may steer a branch.
//
// Nothing happens in the product. Under the taint checkers (tests/taint), which report every branch and every address
// that depends on a secret, `declassified` says: this value is public. Each use gives its reason.
//
// Plain functions that are always inlined: see words.hpp.
#pragma once

#if defined(STIRLINE_TAINT_CHECK)
#if __has_feature(dataflow_sanitizer)
#include <sanitizer/dfsan_interface.h>
#else
#include <sanitizer/msan_interface.h>
#endif
#endif

namespace stirline::crypto {

[[gnu::always_inline]] inline bool declassified(bool value) {
#if defined(STIRLINE_TAINT_CHECK)
#if __has_feature(dataflow_sanitizer)
  dfsan_set_label(0, &value, sizeof value);
#else
  __msan_unpoison(&value, sizeof value);
#endif
#endif
  return value;
}

}  // namespace stirline::crypto
