#include "tests/unit/crypto_workers/p256/ifma_field.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"

namespace stirline::crypto::ifma::test {
namespace {

template <typename Modulus, unsigned Bound>
Element<Modulus, Bound> read(const Octuple& x) {
  Element<Modulus, Bound> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] = load(x[i]);
  }
  return result;
}

template <typename Modulus, unsigned Bound>
void write(Octuple& out, const Element<Modulus, Bound>& x) {
  for (std::size_t i = 0; i < kLimbs; ++i) {
    store(out[i], x.limb[i]);
  }
}

}  // namespace

void multiply(bool modulo_order, const Octuple& a, const Octuple& b, Octuple& product) {
  if (modulo_order) {
    write(product, read<GroupOrder, 256>(a) * read<GroupOrder, 128>(b));
  } else {
    write(product, read<FieldPrime, 256>(a) * read<FieldPrime, 128>(b));
  }
}

void square_in_pairs(const Octuple& a, const Octuple& b, Octuple& a_squared, Octuple& b_squared) {
  const FieldElement<128> factors[2] = {read<FieldPrime, 128>(a), read<FieldPrime, 128>(b)};
  FieldElement<80> squares[2];
  square(squares, factors);
  write(a_squared, squares[0]);
  write(b_squared, squares[1]);
}

void subtract(bool modulo_order, const Octuple& a, const Octuple& b, Octuple& difference) {
  if (modulo_order) {
    write(difference, read<GroupOrder, 128>(a) - read<GroupOrder, 128>(b));
  } else {
    write(difference, read<FieldPrime, 128>(a) - read<FieldPrime, 128>(b));
  }
}

void reduce(const Octuple& a, Octuple& tight, Octuple& remainder) {
  const auto x = read<FieldPrime, 256>(a);
  Columns columns;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    columns.column[i] = x.limb[i];
  }
  write(tight, reduced(columns));
  write(remainder, canonical(x));
}

void reduce_modulo_order(const Octuple& a, Octuple& remainder) {
  write(remainder, canonical(read<GroupOrder, 256>(a)));
}

}  // namespace stirline::crypto::ifma::test
