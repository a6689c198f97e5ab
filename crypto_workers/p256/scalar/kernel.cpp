#include "crypto_workers/p256/scalar/kernel.hpp"

#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/overwrite.hpp"
#include "crypto_workers/p256/scalar/nonce.hpp"
#include "crypto_workers/p256/scalar/sign.hpp"
#include "crypto_workers/p256/scalar/tables.hpp"
#include "crypto_workers/p256/scalar/verify.hpp"

namespace stirline::crypto::scalar {
namespace {

struct Memory {
  SignTable sign_table;
  TableEntry base_table[table_entries(kBaseWindow)];
  Scratch scratch;
  Doublings doublings;
};
static_assert(alignof(Memory) <= 64);

Memory& memory_of(void* memory) {
  return *static_cast<Memory*>(memory);
}

bool start(void* raw) {
  Memory& memory = memory_of(raw);
  static_assert(table_entries(kSignWindow) <= table_entries(kBaseWindow), "the one is built where the other will be");
  if (!build_table(kBasePoint, kSignWindow, memory.base_table, memory.doublings, memory.scratch)) {
    return false;
  }
  cut_sign_table(memory.base_table, memory.sign_table);
  return build_table(kBasePoint, kBaseWindow, memory.base_table, memory.doublings, memory.scratch);
}

template <LookUp look_up>
bool sign_batch(void* raw, SignBatch& batch, std::size_t jobs) {
  Memory& memory = memory_of(raw);
  const bool done = sign(batch, jobs, memory.sign_table, look_up, memory.scratch);
  overwrite(&memory.scratch.signing, sizeof memory.scratch.signing);
  return done;
}

void verify_batch(void* raw, VerifyBatch& batch, std::size_t jobs, unsigned bits) {
  Memory& memory = memory_of(raw);
  verify(batch, jobs, bits, memory.base_table, memory.scratch);
}

bool build_tables(void* raw, const AffinePoint* points, std::size_t count, unsigned bits, TableEntry* const* tables) {
  Memory& memory = memory_of(raw);
  for (std::size_t i = 0; i < count; ++i) {
    if (!build_table(points[i], bits, tables[i], memory.doublings, memory.scratch)) {
      return false;
    }
  }
  return true;
}

void wipe(void* raw) {
  Memory& memory = memory_of(raw);
  overwrite(&memory.scratch, sizeof memory.scratch);
}

// Of the tree of additions and its running products, for a full batch of sums of so many points.
constexpr std::size_t tree_bytes(std::size_t points) {
  return kKernelJobs * (points * sizeof(Point) + points / 2 * sizeof(Loose<FieldPrime>));
}

template <LookUp look_up>
constexpr KernelOperations kOperations = {
    .name = "scalar",
    .memory_bytes = sizeof(Memory),
    .sign_bytes = sizeof(SignTable) + tree_bytes(kSignWindows) + sizeof(SigningState),
    .verify_bytes = table_entries(kBaseWindow) * sizeof(TableEntry) +
                    tree_bytes(windows_of(kBaseWindow) + windows_of(kLargestKeyWindow)),
    .base_window = kBaseWindow,
    .start = start,
    .sign = sign_batch<look_up>,
    .verify = verify_batch,
    .derive_nonces = derive_nonces,
    .build_tables = build_tables,
    .wipe = wipe};

}  // namespace

const KernelOperations& kernel() {
  return has_ssse3() ? kOperations<look_up_by_shuffles> : kOperations<look_up_by_masks>;
}

const KernelOperations& kernel_without_shuffles() {
  return kOperations<look_up_by_masks>;
}

}  // namespace stirline::crypto::scalar
