// The working memory of one kernel. It is large (1.7 MB) and lies in pages of its own.
#pragma once

#include "crypto_workers/p256/ifma/projective_sum.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::ifma {

inline constexpr std::size_t kVectors = kKernelJobs / kLanes;
inline constexpr std::size_t kNodes = 2048;

// What signing keeps of its secrets, wiped after every batch.
struct SigningState {
  Vector digits[kVectors][kWords];                // the odd nonces, halved, with bit 255 set: octet j is window j
  OrderElement<18> nonce[kVectors];               // the odd ones, in Montgomery's form
  OrderElement<kRunningBound> inverse[kVectors];  // of them; before that, running products
  ProjectivePoint sum[kVectors];                  // of the nonces' points, when there are few
  __mmask8 even[kVectors];                        // lanes whose nonce was turned to make it odd
};

struct Scratch {
  Point nodes[kNodes];                // of the tree of additions, row by row
  RunningElement before[kNodes / 2];  // running products of a level
  SigningState signing;
};

}  // namespace stirline::crypto::ifma
