// What an attacker can do who holds his own P-256 key and knows how the kernels verify: signatures that are good, and
// yet make two partial sums meet in an addition of his choice.
//
// A kernel adds one table entry for each window of u1 (base point) and u2 (key) as a binary tree, the first half of the
// nodes to the second. Whoever chooses u1 and u2 knows every partial sum as a linear form A G + B Q; he sets Q = d G
// with the d that makes two of them equal or opposite, and finds the digest and the signature that lead to u1 and u2.
#pragma once

#include <cstddef>
#include <optional>

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::test {

// A signature over a chosen digest. Whether there is a message with it is another question.
struct ChosenSignature {
  crypto::Words scalar{};  // of the key
  crypto::AffinePoint point{};
  crypto::Words r{};
  crypto::Words s{};
  crypto::Words digest{};
};

// Good, and verified as u1 G + u2 Q. Nothing if that is no signature: a number is zero, or the sum is the point at
// infinity.
[[nodiscard]] std::optional<ChosenSignature> signature_of(const crypto::Words& scalar, const crypto::Words& u1,
                                                          const crypto::Words& u2);

struct Windows {  // bits
  unsigned base_point;
  unsigned key;
};

// All additions of a verification, level by level.
[[nodiscard]] std::size_t additions_of(Windows windows);

enum class Meeting : std::uint8_t { equal, opposite };

// The key that makes the operands of this addition meet. Nothing if no key does.
[[nodiscard]] std::optional<crypto::Words> scalar_that_meets(const crypto::Words& u1, const crypto::Words& u2,
                                                             Windows windows, std::size_t addition, Meeting meeting);

// s and r that lead a verification of this digest to u1 and u2; hardly ever a good signature. Nothing if one is zero.
struct SignaturePair {
  crypto::Words r{};
  crypto::Words s{};
};
[[nodiscard]] std::optional<SignaturePair> pair_that_leads_to(const crypto::Words& digest, const crypto::Words& u1,
                                                              const crypto::Words& u2);

}  // namespace stirline::test
