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

// The prime p of the field and the order n of the group (SP 800-186 3.2.1.3).
inline constexpr Words kFieldPrime = {{0xffffffffffffffff, 0x00000000ffffffff, 0, 0xffffffff00000001}};
inline constexpr Words kGroupOrder = {{0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000}};

}  // namespace stirline::crypto
