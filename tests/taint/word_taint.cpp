// Plain words under DataFlowSanitizer, which taints whatever is computed from a secret, carries and high halves of
// products too: no branch, no conditional move and no address of a load may depend on one.
//
//   word_taint                the modular inverse, which every kernel uses, and the kernels that have no vectors
//   word_taint CONTROL        must be reported: `branch` on a word of an inverse, `table` read by one, `inverse`: the
//                             inverse for public numbers
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "crypto_workers/p256/modular_inverse.hpp"
#include "crypto_workers/p256/scalar/kernel.hpp"
#include "tests/taint/checker.hpp"
#include "tests/taint/signing_path.hpp"

namespace stirline::taint {
namespace {

using namespace stirline::crypto;

constexpr Modulus kModuli[] = {Modulus::field_prime, Modulus::group_order};

Words tainted_number(std::uint64_t& state) {
  Words number{};
  for (std::uint64_t& word : number.word) {
    word = next_number(state);
  }
  number.word[3] >>= 1;
  taint(&number, sizeof number);
  return number;
}

void check_inverse() {
  std::uint64_t state = 1;
  for (int round = 0; round < 100; ++round) {
    for (const Modulus modulus : kModuli) {
      const Words inverse = modular_inverse(tainted_number(state), modulus);
      for (const std::uint64_t& word : inverse.word) {
        if (!tainted(&word, sizeof word)) {
          give_up("modular_inverse", "the taint does not reach the inverse: this check is blind");
        }
      }
    }
  }
}

// Each of these must be reported.
void control(const char* which) {
  std::uint64_t state = 1;
  const Words number = tainted_number(state);
  if (std::strcmp(which, "inverse") == 0) {
    static_cast<void>(modular_inverse_of_public(number, Modulus::field_prime));
    return;
  }
  const Words inverse = modular_inverse(number, Modulus::field_prime);
  if (std::strcmp(which, "branch") == 0) {
    if ((inverse.word[3] & 4) != 0) {
      std::puts("a bit of the inverse is set");
    }
  } else if (std::strcmp(which, "table") == 0) {
    static volatile std::uint8_t table[256];
    static_cast<void>(table[inverse.word[2] & 0xff]);
  }
}

}  // namespace
}  // namespace stirline::taint

int main(int argc, char** argv) {
  using namespace stirline::taint;
  if (argc > 1) {
    control(argv[1]);
    return 0;
  }
  check_inverse();
  std::puts("modular_inverse: no branch, no conditional move and no address depends on a secret");
  constexpr const stirline::crypto::KernelOperations& (*kKernels[])() = {
      &stirline::crypto::scalar::kernel, &stirline::crypto::scalar::kernel_without_shuffles};
  for (const auto kernel : kKernels) {
    check_signing(kernel());
    std::printf("%s: no branch, no conditional move and no address depends on a secret\n", kernel().name);
  }
  return 0;
}
