// The signing path of every kernel under MemorySanitizer, which ends the program with a report as soon as a branch or
// an address depends on a secret.
//
//   signing_taint             all kernels that this processor runs; 77 if it runs none
//   signing_taint CONTROL     must be reported: `branch` on a bit of s, `table` read by a digit of a nonce, `kernel`:
//                             a verification (which looks up tables by what it verifies) of a tainted digest
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "crypto_workers/p256/curve.hpp"
#include "tests/support/p256_kernels.hpp"
#include "tests/taint/checker.hpp"
#include "tests/taint/signing_path.hpp"

namespace stirline::taint {
namespace {

using namespace stirline::crypto;

constexpr int kSkipped = 77;  // what meson takes for a skipped test

void verify_tainted_digest(const KernelOperations& kernel, void* memory) {
  static TableEntry entries[table_entries(5)];
  static VerifyBatch batch;
  TableEntry* const tables[] = {entries};
  if (!kernel.build_tables(memory, &kBasePoint, 1, 5, tables)) {
    give_up(kernel.name, "builds no table");
  }
  std::uint64_t state = 2;
  fill(batch.r, kKernelLanes, state);
  fill(batch.s, kKernelLanes, state);
  for (const TableEntry*& table : batch.table) {
    table = entries;
  }
  taint(batch.digest, sizeof batch.digest);
  kernel.verify(memory, batch, kKernelLanes, 5);
}

// Each of these must end the program.
void control(const KernelOperations& kernel, const char* which) {
  void* const memory = started_memory(kernel);
  static Work work;
  std::uint64_t state = 1;
  sign(kernel, memory, work, kKernelLanes, state);
  if (std::strcmp(which, "branch") == 0) {
    if ((work.sign.s[0][3] & 4) != 0) {
      std::puts("a bit of s is set");
    }
  } else if (std::strcmp(which, "table") == 0) {
    static volatile std::uint8_t table[256];
    static_cast<void>(table[work.sign.nonce[1][5] & 0xff]);
  } else if (std::strcmp(which, "kernel") == 0) {
    verify_tainted_digest(kernel, memory);
  }
  std::free(memory);
}

}  // namespace
}  // namespace stirline::taint

int main(int argc, char** argv) {
  using namespace stirline;
  bool checked = false;
  for (const test::P256Kernel& kernel : test::kP256Kernels) {
    if (!kernel.runs_here()) {
      std::printf("%s: not on this processor\n", kernel.name);
      continue;
    }
    checked = true;
    if (argc > 1) {
      taint::control(kernel.operations(), argv[1]);
    } else {
      taint::check_signing(kernel.operations());
      std::printf("%s: no branch and no address depends on a secret\n", kernel.name);
    }
  }
  return checked ? 0 : taint::kSkipped;
}
