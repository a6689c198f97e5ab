// Where the signing path lets go of a secret: the few values computed from nonces and keys that may steer a branch.
//
// Nothing happens in the product. Under the taint checker (tests/taint), which reports every branch and every address
// that depends on a secret, `declassified` says: this value is public. Each use gives its reason.
//
// Plain functions that are always inlined: see words.hpp.
#pragma once

#if defined(STIRLINE_TAINT_CHECK)
#include <sanitizer/msan_interface.h>
#endif

namespace stirline::crypto {

[[gnu::always_inline]] inline bool declassified(bool value) {
#if defined(STIRLINE_TAINT_CHECK)
  __msan_unpoison(&value, sizeof value);
#endif
  return value;
}

}  // namespace stirline::crypto
