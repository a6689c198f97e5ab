// Overwrites secrets so that they do not outlive their use; the compiler may not drop the write.
#pragma once

#include <cstddef>
#include <span>

#include <string.h>  // explicit_bzero is not in <cstring>

namespace stirline::config {

inline void wipe(std::span<std::byte> secret) {
  ::explicit_bzero(secret.data(), secret.size());
}

}  // namespace stirline::config
