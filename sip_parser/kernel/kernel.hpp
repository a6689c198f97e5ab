// The kernels that read messages: one result, three speeds.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stirline::sip {

enum class Kernel : std::uint8_t {
  scalar,  // any processor: the exact readers alone
  avx2,    // AVX2, BMI, BMI2, LZCNT, POPCNT
  avx512,  // those and AVX-512 F, BW, VL, VBMI, VBMI2
};
inline constexpr std::array kKernels = {Kernel::scalar, Kernel::avx2, Kernel::avx512};

// True if this processor, and the operating system on it, can run it.
[[nodiscard]] bool runs_here(Kernel kernel);

// The fastest of those that run here: what Message::parse() uses. Found out once, at the first call.
[[nodiscard]] Kernel selected_kernel();

// "scalar", "avx2", "avx512"
[[nodiscard]] std::string_view to_string(Kernel kernel);

}  // namespace stirline::sip
