#include "crypto_workers/p256/ifma/kernel.hpp"

#include "crypto_workers/p256/ifma/nonce.hpp"
#include "crypto_workers/p256/ifma/sign.hpp"
#include "crypto_workers/p256/ifma/tables.hpp"
#include "crypto_workers/p256/ifma/verify.hpp"
#include "crypto_workers/p256/overwrite.hpp"

namespace stirline::crypto::ifma {
namespace {

static_assert(kLanes == kKernelLanes && kLanes == kTablesAtOnce);

struct alignas(64) Memory {
  SignTable sign_table;
  TableEntry base_table[table_entries(kBaseWindow)];
  Scratch scratch;
  Doublings doublings;
};

Memory& memory_of(void* memory) {
  return *static_cast<Memory*>(memory);
}

bool start(void* raw) {
  Memory& memory = memory_of(raw);
  static_assert(kSignWindow == kBaseWindow, "one table serves both");
  TableEntry* const tables[1] = {memory.base_table};
  if (!build_tables(&kBasePoint, 1, kBaseWindow, tables, memory.doublings, memory.scratch)) {
    return false;
  }
  cut_sign_table(memory.base_table, memory.sign_table);
  return true;
}

bool sign_batch(void* raw, SignBatch& batch, std::size_t jobs) {
  Memory& memory = memory_of(raw);
  const bool done = sign(batch, jobs, memory.sign_table, memory.scratch);
  overwrite(&memory.scratch.signing, sizeof memory.scratch.signing);
  return done;
}

void verify_batch(void* raw, VerifyBatch& batch, std::size_t jobs, unsigned bits) {
  Memory& memory = memory_of(raw);
  verify(batch, jobs, bits, memory.base_table, memory.scratch);
}

bool build(void* raw, const AffinePoint* points, std::size_t count, unsigned bits, TableEntry* const* tables) {
  Memory& memory = memory_of(raw);
  return build_tables(points, count, bits, tables, memory.doublings, memory.scratch);
}

void wipe(void* raw) {
  Memory& memory = memory_of(raw);
  overwrite(&memory.scratch, sizeof memory.scratch);
}

// Of the tree of additions and its running products, for a full batch of sums of so many points.
constexpr std::size_t tree_bytes(std::size_t points) {
  return kVectors * (points * sizeof(Point) + points / 2 * sizeof(RunningElement));
}

constexpr KernelOperations kOperations = {
    .name = "ifma",
    .memory_bytes = sizeof(Memory),
    .sign_bytes = sizeof(SignTable) + tree_bytes(windows_of(kSignWindow)) + sizeof(SigningState),
    .verify_bytes = table_entries(kBaseWindow) * sizeof(TableEntry) +
                    tree_bytes(windows_of(kBaseWindow) + windows_of(kLargestKeyWindow)),
    .base_window = kBaseWindow,
    .start = start,
    .sign = sign_batch,
    .verify = verify_batch,
    .derive_nonces = derive_nonces,
    .build_tables = build,
    .wipe = wipe};

}  // namespace

const KernelOperations& kernel() {
  return kOperations;
}

}  // namespace stirline::crypto::ifma
