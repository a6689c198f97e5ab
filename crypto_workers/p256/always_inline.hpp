// For the arithmetic of the kernels: a function that leaves no symbol of its own, so that code built for one processor
// never stands in for code built for another, and whose operands stay in registers.
#pragma once

#define STIRLINE_INLINE [[gnu::always_inline]] inline
