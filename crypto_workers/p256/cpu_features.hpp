// Which kernels this processor, and the operating system on it, can run.
#pragma once

namespace stirline::crypto {

// AVX-512 F, DQ, BW, VL, IFMA, VBMI and VBMI2, and their registers saved on a change of context (XCR0).
[[nodiscard]] bool has_ifma();

// SSSE3, for pshufb.
[[nodiscard]] bool has_ssse3();

}  // namespace stirline::crypto
