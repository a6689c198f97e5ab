// Put before the vector code by the compiler's command line (-include): makes MemorySanitizer's taint of sums and
// products go as far as the values do.
//
// MemorySanitizer takes the bits of a sum to be tainted where those of a summand are, so a carry into clean bits looks
// clean, and in limbs of 52 bits carries are all there is above bit 52. Here one tainted bit of a lane's operands
// taints the whole lane of the result. Shifts and logic are exact as they are.
#pragma once

#include <immintrin.h>

namespace stirline::taint {

// One tainted bit of a lane taints all of it.
void widen(__m512i& vector);

[[gnu::always_inline]] inline __m512i widened(__m512i vector) {
  widen(vector);
  return vector;
}

// vpternlog, which MemorySanitizer does not know and would report as if it branched, in plain logic: bit 4 a + 2 b + c
// of Table is the result.
template <unsigned Table>
[[gnu::always_inline]] inline __m512i three_way(__m512i a, __m512i b, __m512i c) {
  __m512i result = _mm512_setzero_si512();
  for (unsigned i = 0; i < 8; ++i) {
    if ((Table >> i & 1) != 0) {
      const __m512i of_a = (i & 4) != 0 ? a : ~a;
      const __m512i of_b = (i & 2) != 0 ? b : ~b;
      const __m512i of_c = (i & 1) != 0 ? c : ~c;
      result |= of_a & of_b & of_c;
    }
  }
  return result;
}

}  // namespace stirline::taint

#define _mm512_add_epi64(...) stirline::taint::widened(_mm512_add_epi64(__VA_ARGS__))
#define _mm512_sub_epi64(...) stirline::taint::widened(_mm512_sub_epi64(__VA_ARGS__))
#define _mm512_mask_sub_epi64(...) stirline::taint::widened(_mm512_mask_sub_epi64(__VA_ARGS__))
#define _mm512_madd52lo_epu64(...) stirline::taint::widened(_mm512_madd52lo_epu64(__VA_ARGS__))
#define _mm512_madd52hi_epu64(...) stirline::taint::widened(_mm512_madd52hi_epu64(__VA_ARGS__))
#undef _mm512_ternarylogic_epi64
#define _mm512_ternarylogic_epi64(a, b, c, table) stirline::taint::three_way<table>(a, b, c)
