// Works off jobs in batches: builds and opens PASSporTs, one engine call for all signatures and one for all
// verifications. The offline verbs of the command line use it with a batch of one: the same code decides on the wire
// and on a laptop.
#pragma once

#include <memory>
#include <span>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/p256/engine.hpp"

namespace stirline::crypto {

class Processor {
 public:
  explicit Processor(Engine& engine);  // the engine must outlive the processor
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // At most kMaxBatch jobs a call. Sign and verify jobs may be mixed. No heap, no exception, no system call.
  void process(std::span<Job* const> jobs);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
