// The working memory of one kernel. It lies in pages of its own.
#pragma once

#include "crypto_workers/p256/kernel.hpp"
#include "crypto_workers/p256/scalar/affine_sum.hpp"
#include "crypto_workers/p256/scalar/table_lookup.hpp"

namespace stirline::crypto::scalar {

inline constexpr unsigned kBaseWindow = 12;  // bits of the base point's table, for verification
inline constexpr std::size_t kNodes = (windows_of(kBaseWindow) + windows_of(kSmallestKeyWindow)) * kKernelJobs;
static_assert(kSignWindows * kKernelJobs <= kNodes);

// What signing keeps of its secrets, wiped after every batch.
struct SigningState {
  std::uint8_t digit[kSignWindows][kKernelJobs];  // of the odd nonces, halved, with bit 255 set: octet j is window j
  std::uint64_t turned[kKernelJobs];              // all ones for a nonce that was turned to make it odd
  OrderElement nonce[kKernelJobs];                // the odd ones, in Montgomery's form
  Loose<GroupOrder> inverse[kKernelJobs];         // of them; before that, running products
  TableEntry found[kAtOnce];                      // before they become points
};

struct Scratch {
  Point nodes[kNodes];                   // of the tree of additions, row by row
  Loose<FieldPrime> before[kNodes / 2];  // running products of a level
  SigningState signing;
};

}  // namespace stirline::crypto::scalar
