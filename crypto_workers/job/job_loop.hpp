// The life of a crypto core: take what is queued (at most kMaxBatch), work it off, give the indices back to their
// owners. Templates over the ring, so that it runs and is tested without DPDK.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/job/processor.hpp"

namespace stirline::crypto {

// A single-producer single-consumer queue of job indices; boost::lockfree::spsc_queue fits.
template <typename R>
concept JobRing = requires(R ring, std::uint32_t index, std::uint32_t* out, std::size_t count) {
  { ring.push(index) } -> std::convertible_to<bool>;
  { ring.pop(out, count) } -> std::convertible_to<std::size_t>;
};

// One poll core as this crypto core sees it. `slots` is the poll core's array; results never fail to fit: the result
// ring is at least as large as the array.
template <JobRing Ring, typename Slot>
struct JobSource {
  Ring* jobs = nullptr;
  Ring* results = nullptr;
  std::span<Slot> slots;
};

// One turn over all sources; returns how many jobs were done (0: nothing was queued). `job_of(Slot&)` gives the Job of
// a slot.
template <JobRing Ring, typename Slot, typename JobOf>
std::size_t run_once(std::span<const JobSource<Ring, Slot>> sources, Processor& processor, JobOf&& job_of) {
  std::array<std::uint32_t, kMaxBatch> indices;
  std::array<Job*, kMaxBatch> jobs;
  std::size_t done = 0;
  for (const JobSource<Ring, Slot>& source : sources) {
    const std::size_t taken = source.jobs->pop(indices.data(), indices.size());
    if (taken == 0) {
      continue;
    }
    for (std::size_t i = 0; i < taken; ++i) {
      jobs[i] = &job_of(source.slots[indices[i]]);
    }
    processor.process(std::span<Job* const>(jobs.data(), taken));
    for (std::size_t i = 0; i < taken; ++i) {
      source.results->push(indices[i]);
    }
    done += taken;
  }
  return done;
}

}  // namespace stirline::crypto
