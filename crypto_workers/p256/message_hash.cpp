#define NO_COMPAT_IMB_API_053  // the names of its old interface collide with OpenSSL's

#include "crypto_workers/p256/message_hash.hpp"

#include <algorithm>

#include <intel-ipsec-mb.h>

namespace stirline::crypto {
namespace {

constexpr std::uint64_t kAvx512 =
    IMB_FEATURE_AVX512F | IMB_FEATURE_AVX512DQ | IMB_FEATURE_AVX512BW | IMB_FEATURE_AVX512VL;
// The library takes no message without an address, as an empty one may be, and none longer than this.
constexpr std::size_t kLongestOfMany = 65'534;

}  // namespace

struct MessageHash::ManyLanes {
  struct Free {
    void operator()(IMB_MGR* made) const { free_mb_mgr(made); }
  };
  std::unique_ptr<IMB_MGR, Free> manager{alloc_mb_mgr(0)};
};

MessageHash::MessageHash() : many_(std::make_unique<ManyLanes>()) {
  if (many_->manager && (many_->manager->features & kAvx512) == kAvx512) {
    init_mb_mgr_avx512(many_->manager.get());  // the lesser managers hash two at a time: no gain
  } else {
    many_.reset();
  }
}

MessageHash::~MessageHash() = default;

bool MessageHash::hash(std::span<HashJob> jobs) {
  if (many_ && jobs.size() >= kManyMessages && jobs.size() <= kMaxMessages && hash_many(jobs)) {
    return true;
  }
  return std::ranges::all_of(jobs, [&](HashJob& job) { return sha256_.make(job.message, job.digest); });
}

bool MessageHash::hash_many(std::span<HashJob> jobs) {
  IMB_MGR* const manager = many_->manager.get();
  std::size_t done = 0;
  const auto take = [&](const IMB_JOB* finished) {
    done += finished != nullptr && finished->status == IMB_STATUS_COMPLETED ? 1U : 0U;
  };
  for (HashJob& job : jobs) {
    if (job.message.empty() || job.message.size() > kLongestOfMany) {
      done += sha256_.make(job.message, job.digest) ? 1U : 0U;
      continue;
    }
    IMB_JOB* const submitted = IMB_GET_NEXT_JOB(manager);
    submitted->cipher_mode = IMB_CIPHER_NULL;
    submitted->cipher_direction = IMB_DIR_ENCRYPT;
    submitted->chain_order = IMB_ORDER_HASH_CIPHER;
    submitted->hash_alg = IMB_AUTH_SHA_256;
    submitted->src = job.message.data();
    submitted->hash_start_src_offset_in_bytes = 0;
    submitted->msg_len_to_hash_in_bytes = job.message.size();
    submitted->auth_tag_output = job.digest.data();
    submitted->auth_tag_output_len_in_bytes = job.digest.size();
    take(IMB_SUBMIT_JOB_NOCHECK(manager));  // its checks cost a twentieth; what they look for is looked for above
  }
  while (const IMB_JOB* const finished = IMB_FLUSH_JOB(manager)) {
    take(finished);
  }
  return done == jobs.size();
}

}  // namespace stirline::crypto
