#include "crypto_workers/job/job_loop.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>
#include <gtest/gtest.h>

#include "crypto_workers/p256/openssl_engine.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::job_loop_test {
namespace {

constexpr std::size_t kSlots = 64;
using Ring = boost::lockfree::spsc_queue<std::uint32_t, boost::lockfree::capacity<kSlots>>;
static_assert(JobRing<Ring>);

struct Slot {
  Job job;
  std::uint32_t round = 0;
};

struct PollCore {
  Ring jobs;
  Ring results;
  std::vector<Slot> slots = std::vector<Slot>(kSlots);
};

void fill(SignJob& job, std::uint32_t round) {
  const sip::DialPlan plan;
  job.orders.clear();
  EXPECT_TRUE(job.orders.push({TokenType::shaken, 0, {}}));
  job.attest = 'A';
  job.iat = job.now = test::kNow;
  job.orig = sip::canonical_number("+1215555" + std::to_string(1'000 + round % 9'000), plan).value();
  job.dest = sip::canonical_number("+12155550131", plan).value();
  std::ranges::copy(test::kOrigid, job.origid.begin());
}

// One crypto core serves two poll cores; every job comes back once, to its owner, done.
TEST(JobLoop, ServesTwoPollCoresOverSpscQueues) {
  const auto engine = make_openssl_engine();
  const PrivateKey key = test::own_key("test_leaf_spc1234.key");
  Keyring keyring;
  keyring.add(Credential{engine->make_signing_key(key.scalar()).value(), "https://a.example/c", 0, 4'000'000'000});
  Processor processor(*engine);
  std::array<PollCore, 2> cores;
  std::atomic<bool> stop = false;

  std::thread crypto_core([&] {
    std::array<JobSource<Ring, Slot>, 2> sources;
    for (std::size_t i = 0; i < cores.size(); ++i) {
      sources[i] = {&cores[i].jobs, &cores[i].results, cores[i].slots};
    }
    const auto job_of = [](Slot& slot) -> Job& { return slot.job; };
    while (!stop) {
      if (run_once(std::span<const JobSource<Ring, Slot>>(sources), processor, job_of) == 0) {
        std::this_thread::yield();
      }
    }
  });

  constexpr std::uint32_t kRounds = 500;
  const auto poll = [&](PollCore& core) {
    std::vector<std::uint32_t> idle(kSlots);
    for (std::uint32_t i = 0; i < kSlots; ++i) {
      idle[i] = i;
    }
    std::uint32_t sent = 0;
    std::uint32_t done = 0;
    while (done < kRounds) {
      while (sent < kRounds && !idle.empty()) {
        const std::uint32_t index = idle.back();
        Slot& slot = core.slots[index];
        slot.round = sent;
        slot.job.kind = JobKind::sign;
        slot.job.keyring = &keyring;
        slot.job.sign.outcome = SignOutcome::engine_failed;
        fill(slot.job.sign, sent);
        if (!core.jobs.push(index)) {
          break;
        }
        idle.pop_back();
        ++sent;
      }
      std::uint32_t index = 0;
      while (core.results.pop(&index, 1) == 1) {
        ++done;
        idle.push_back(index);
        const SignJob& job = core.slots[index].job.sign;
        EXPECT_EQ(job.outcome, SignOutcome::signed_);
        EXPECT_TRUE(job.identity_lines().starts_with("Identity: ey"));
        EXPECT_TRUE(job.identity_lines().ends_with("\r\n"));
      }
      std::this_thread::yield();
    }
    EXPECT_EQ(idle.size(), kSlots);
  };
  std::thread first([&] { poll(cores[0]); });
  std::thread second([&] { poll(cores[1]); });
  first.join();
  second.join();
  stop = true;
  crypto_core.join();
}

TEST(JobLoop, NothingQueuedIsNothingDone) {
  const auto engine = make_openssl_engine();
  Processor processor(*engine);
  PollCore core;
  const std::array<JobSource<Ring, Slot>, 1> sources = {{{&core.jobs, &core.results, core.slots}}};
  EXPECT_EQ(
      run_once(std::span<const JobSource<Ring, Slot>>(sources), processor, [](Slot& slot) -> Job& { return slot.job; }),
      0U);
}

}  // namespace
}  // namespace stirline::crypto::job_loop_test
