// Numbers of 256 bits as the kernels take them: four words of 64 bits, the lowest first.
//
// Plain structs, no standard containers: this header is read by translation units that are built for processors with
// more instructions than the rest of the program may use, and nothing of theirs may be shared with the rest.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stirline::crypto {

inline constexpr std::size_t kWords = 4;

struct Words {
  std::uint64_t word[kWords];
};

}  // namespace stirline::crypto
