#include "crypto_workers/p256/self_test.hpp"

#include <memory>

namespace stirline::crypto {
namespace {

// RFC 6979 A.2.5 with SHA-256: "sample" and "test".
constexpr Words kScalar = {{0x7b8a622b120f6721, 0x4e50c3db36e89b12, 0x6b5c215767b1d693, 0xc9afa9d845ba7516}};
constexpr AffinePoint kPoint = {{{0xe669622e60f29fb6, 0xc049b8923b61fa6c, 0xc961eb74c6356d68, 0x60fed4ba255a9d31}},
                                {{0x77a3c294d4462299, 0xf2f1b20c2d7e9f51, 0xa41ae9e95628bc64, 0x7903fe1008b8bc99}}};

struct KnownAnswer {
  Words nonce;
  Words digest;
  Words r;
  Words s;
};

constexpr KnownAnswer kAnswers[] = {
    {{{0x4d6129493d8aad60, 0x3b17aa873382b0f2, 0x086538398355dd4c, 0xa6e3c57dd01abe90}},
     {{0x62113d8a62add1bf, 0x1a831d0268e98915, 0xe2ade1d694f41fc7, 0xaf2bdbe1aa9b6ec1}},
     {{0xc34d0ea84eaf3716, 0x9d2c877b56aaf991, 0x1140dd9cd45e81d6, 0xefd48b2aacb6a8fd}},
     {{0x4dc4ab2f843acda8, 0xf3e900dbb9aff406, 0xd436c7a1b6e29f65, 0xf7cb1c942d657c41}}},
    {{{0xc2537acaee0008e0, 0x0192c4c92677336e, 0xe040871a1c7ec350, 0xd16b6ae827f17175}},
     {{0xd15d6c15b0f00a08, 0xa3bf4f1b2b0b822c, 0x9a2feaa0c55ad015, 0x9f86d081884c7d65}},
     {{0x4f28d3b0b7d38367, 0xed3efcf6c5132b35, 0x71d881567b1ea663, 0xf1abb023518351cd}},
     {{0x0cc84250e46f0083, 0x5f267e60d3814b4c, 0xbd25926b49c64915, 0x019f4113742a2b14}}},
};

constexpr std::size_t kJobs = 2 * kKernelLanes;
constexpr unsigned kWindow = 5;

void set(JobWords& words, std::size_t job, const Words& value) {
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i][job] = value.word[i];
  }
}

bool equal(const JobWords& words, std::size_t job, const Words& value) {
  bool same = true;
  for (std::size_t i = 0; i < kWords; ++i) {
    same = same && words[i][job] == value.word[i];
  }
  return same;
}

// Every answer comes by every lane.
const KnownAnswer& answer_of(std::size_t job) {
  return kAnswers[(job + job / kKernelLanes) % 2];
}

bool signs(const KernelOperations& kernel, void* memory) {
  const auto batch = std::make_unique<SignBatch>();
  for (std::size_t job = 0; job < kJobs; ++job) {
    const KnownAnswer& answer = answer_of(job);
    set(batch->nonce, job, answer.nonce);
    set(batch->digest, job, answer.digest);
    set(batch->scalar, job, kScalar);
  }
  bool good = kernel.sign(memory, *batch, kJobs);
  for (std::size_t job = 0; job < kJobs; ++job) {
    good = good && equal(batch->r, job, answer_of(job).r) && equal(batch->s, job, answer_of(job).s);
  }
  return good && batch->good[0] == 0xff && batch->good[1] == 0xff;
}

bool verifies(const KernelOperations& kernel, void* memory) {
  const auto table = std::make_unique<TableEntry[]>(table_entries(kWindow));
  TableEntry* const tables[] = {table.get()};
  if (!kernel.build_tables(memory, &kPoint, 1, kWindow, tables)) {
    return false;
  }
  // In one of each answer's turns the digest is spoilt; in the last job it is zero, so that u1 G, as n G, runs into the
  // point at infinity.
  constexpr std::size_t kSpoilt = 3;
  constexpr std::size_t kMeeting = kJobs - 1;
  const auto batch = std::make_unique<VerifyBatch>();
  for (std::size_t job = 0; job < kJobs; ++job) {
    const KnownAnswer& answer = answer_of(job);
    set(batch->r, job, answer.r);
    set(batch->s, job, answer.s);
    set(batch->digest, job, job == kMeeting ? Words{} : answer.digest);
    batch->table[job] = table.get();
  }
  batch->digest[2][kSpoilt] ^= 1;
  kernel.verify(memory, *batch, kJobs, kWindow);
  return batch->valid[0] == (0xff ^ 1U << kSpoilt) && batch->valid[1] == 0x7f;
}

}  // namespace

bool kernel_self_test(const KernelOperations& kernel, void* memory) {
  return signs(kernel, memory) && verifies(kernel, memory);
}

}  // namespace stirline::crypto
