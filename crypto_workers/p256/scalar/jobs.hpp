// Numbers of a job in and out of its batch.
#pragma once

#include "crypto_workers/p256/kernel.hpp"
#include "crypto_workers/p256/scalar/element.hpp"

namespace stirline::crypto::scalar {

// The caller knows that the number is in range; any is loose.
template <typename Modulus, Range range>
STIRLINE_INLINE Element<Modulus, range> load_job(const JobWords& words, std::size_t job) {
  return {{words[0][job], words[1][job], words[2][job], words[3][job]}};
}

template <typename Modulus>
STIRLINE_INLINE void store_job(JobWords& words, std::size_t job, const Element<Modulus>& x) {
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i][job] = x.word[i];
  }
}

// Sets the job's bit if `bit` is 1.
STIRLINE_INLINE void add_bit(JobBits& bits, std::size_t job, std::uint64_t bit) {
  std::uint8_t& group = bits[job / kKernelLanes];
  group = static_cast<std::uint8_t>(group | static_cast<unsigned>(bit) << job % kKernelLanes);
}

// Of all jobs, also those behind the last.
STIRLINE_INLINE void clear_bits(JobBits& bits) {
  for (std::uint8_t& group : bits) {
    group = 0;
  }
}

}  // namespace stirline::crypto::scalar
