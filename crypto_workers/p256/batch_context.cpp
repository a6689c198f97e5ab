#include "crypto_workers/p256/batch_context.hpp"

#include <algorithm>
#include <utility>

namespace stirline::crypto {
namespace {

constexpr std::uint64_t kMaxFaults = 3;

}  // namespace

void Candidates::add(const Candidate& candidate, std::size_t limit) {
  const bool there =
      std::ranges::any_of(all(), [&](const Candidate& other) { return other.key->octets == candidate.key->octets; });
  if (!there && count_ < limit) {
    list_[count_++] = candidate;
  }
}

BatchContext::BatchContext(const KernelOperations& the_kernel, BatchEngineOptions the_options)
    : kernel(the_kernel),
      options(std::move(the_options)),
      kernel_memory(kernel.memory_bytes),
      tables(options.table_budget_bytes),
      refuge(make_openssl_engine(options.nonces)) {}

void BatchContext::fault() {
  if (faults.fetch_add(1, std::memory_order_relaxed) + 1 >= kMaxFaults) {
    distrust();
  }
}

void BatchContext::set_claim(std::size_t job, const SignatureClaim& claim, const TableEntry* table) {
  set(claims.r, job, claim.r);
  set(claims.s, job, claim.s);
  set(claims.digest, job, claim.digest);
  claims.table[job] = table;
}

void BatchContext::judge_claims(std::size_t jobs, unsigned bits) {
  for (std::size_t job = jobs; job < whole_lanes(jobs); ++job) {
    set_claim(job, {get(claims.r, jobs - 1), get(claims.s, jobs - 1), get(claims.digest, jobs - 1)},
              claims.table[jobs - 1]);
  }
  kernel.verify(kernel_memory.data(), claims, jobs, bits);
}

bool BatchContext::build_tables(const Candidates& candidates, unsigned bits) {
  const std::span<const Candidate> all = candidates.all();
  std::array<std::unique_ptr<TableEntry[]>, kTablesAtOnce> built;
  std::array<TableEntry*, kTablesAtOnce> entries{};
  std::array<AffinePoint, kTablesAtOnce> points{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    built[i] = tables.allocate(bits);
    if (!built[i]) {
      return true;
    }
    entries[i] = built[i].get();
    points[i] = all[i].key->point;
  }
  if (all.empty()) {
    return true;
  }
  if (!kernel.build_tables(kernel_memory.data(), points.data(), all.size(), bits, entries.data())) {
    return false;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    set_claim(i, all[i].claim, entries[i]);
  }
  judge_claims(all.size(), bits);
  bool good = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (bit_of(claims.valid, i)) {
      tables.publish(all[i].key->octets, bits, std::move(built[i]), batch_number);
      tables_built.fetch_add(1, std::memory_order_relaxed);
    } else if (!bit_of(claims.recheck, i)) {
      good = false;
    }
  }
  return good;
}

}  // namespace stirline::crypto
