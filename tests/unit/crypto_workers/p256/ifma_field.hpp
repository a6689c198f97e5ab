// The field operations of the vector kernel, opened for tests: eight numbers of five limbs at once. Built with the
// kernel's flags; call only where has_ifma() says yes.
#pragma once

#include <cstdint>

namespace stirline::crypto::ifma::test {

using Octuple = std::uint64_t[5][8];  // limb, lane

// a below 16 M and b below 8 M; the result is below 16 M.
void multiply(bool modulo_order, const Octuple& a, const Octuple& b, Octuple& product);
// a below 8 M: a b and a a in one, two at a time, as the additions do; the results are equal to those of multiply.
void square_in_pairs(const Octuple& a, const Octuple& b, Octuple& a_squared, Octuple& b_squared);
// a below 8 M, b below 8 M: a - b + 8 M.
void subtract(bool modulo_order, const Octuple& a, const Octuple& b, Octuple& difference);
// The quotient reduction of a value below 16 p: below 17/16 p. Then the remainder itself.
void reduce(const Octuple& a, Octuple& tight, Octuple& remainder);
// The remainder of a value below 16 n.
void reduce_modulo_order(const Octuple& a, Octuple& remainder);

}  // namespace stirline::crypto::ifma::test
