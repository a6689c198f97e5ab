// P-256 in batches against OpenSSL, on one core: signatures, verifications, key tables.
//
// Every row and its rival run in turns, slice by slice, in this process; the medians of the slices are compared. At
// least 1,024 distinct inputs go round. Rows of a kernel that this processor cannot run are absent.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>

#include <CLI/CLI.hpp>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/ifma/kernel.hpp"
#include "crypto_workers/p256/locked_memory.hpp"
#include "crypto_workers/p256/message_hash.hpp"
#include "crypto_workers/p256/scalar/kernel.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "perf/p256_workload.hpp"
#include "perf/report.hpp"
#include "perf/rival_openssl.hpp"

namespace stirline::perf {
namespace {

using crypto::kKernelJobs;

void put(crypto::JobWords& words, std::size_t job, std::span<const std::uint8_t, 32> octets) {
  const crypto::Words value = crypto::words_from(octets);
  for (std::size_t i = 0; i < crypto::kWords; ++i) {
    words[i][job] = value.word[i];
  }
}

struct Measured {
  double ours_us;
  double rival_us;
};

// `ours` does `ours_count` operations at a time, `rival` one of number i. Microseconds of CPU for one operation.
Measured in_turns(std::size_t slices, std::size_t ours_count, const std::function<void(std::size_t)>& ours,
                  std::size_t rival_count, const std::function<void(std::size_t)>& rival) {
  std::vector<double> ours_us;
  std::vector<double> rival_us;
  for (std::size_t slice = 0; slice < slices; ++slice) {
    const double start = thread_cpu_us();
    ours(slice);
    const double middle = thread_cpu_us();
    for (std::size_t i = 0; i < rival_count; ++i) {
      rival((slice * rival_count + i) % P256Workload::kInputs);
    }
    ours_us.push_back((middle - start) / static_cast<double>(ours_count));
    rival_us.push_back((thread_cpu_us() - middle) / static_cast<double>(rival_count));
  }
  return {median(ours_us), median(rival_us)};
}

class Bench {
 public:
  Bench(const crypto::KernelOperations& kernel, std::size_t slices, std::vector<Result>& results)
      : kernel_(kernel), slices_(slices), results_(results), rival_(workload_), memory_(kernel_.memory_bytes) {
    if (!kernel_.start(memory_.data())) {
      throw std::runtime_error("the kernel fails its check");
    }
    for (std::size_t first = 0; first < P256Workload::kInputs; first += kKernelJobs) {
      auto& sign = signing_.emplace_back(std::make_unique<crypto::SignBatch>());
      auto& verify = verifying_.emplace_back(std::make_unique<crypto::VerifyBatch>());
      for (std::size_t job = 0; job < kKernelJobs; ++job) {
        const std::size_t input = first + job;
        const std::span<const std::uint8_t, 64> signature(workload_.signatures[input]);
        put(sign->nonce, job, workload_.nonces[input]);
        put(sign->digest, job, workload_.digests[input]);
        put(sign->scalar, job, workload_.scalars[input % P256Workload::kKeys]);
        put(verify->r, job, signature.first<32>());
        put(verify->s, job, signature.last<32>());
        put(verify->digest, job, workload_.digests[input]);
      }
    }
    for (std::size_t i = 0; i < P256Workload::kKeys; ++i) {
      const std::span<const std::uint8_t, crypto::kPointBytes> point(workload_.points[i]);
      points_[i] = {crypto::words_from(point.subspan<1, 32>()), crypto::words_from(point.subspan<33, 32>())};
    }
  }

  void run_vector_tier() {
    for (const std::size_t jobs : {8UZ, 32UZ, 128UZ}) {
      sign_kernel(jobs, "sign/batch" + std::to_string(jobs));
    }
    use_tables(8);
    for (const std::size_t jobs : {8UZ, 32UZ, 128UZ}) {
      verify_kernel(jobs, jobs == 128 ? "verify/batch128_8certs" : "verify/batch" + std::to_string(jobs));
    }
    use_tables(5);
    verify_kernel(kKernelJobs, "verify/batch128_8certs_w5");
    table_build();
    hash(16);
    engine_rows();
    memory("kernel");
  }

  void run_scalar_tier() {
    sign_kernel(64, "scalar/sign");
    use_tables(8);
    verify_kernel(64, "scalar/verify");
    memory("scalar");
  }

 private:
  void add(const std::string& name, const std::string& unit, double value, double rival, bool more_is_better) {
    results_.push_back({name, unit, value, Rival{"OpenSSL", rival, more_is_better ? value / rival : rival / value}});
  }
  void add_rate(const std::string& name, const Measured& measured) {
    add(name, "ops/s", 1e6 / measured.ours_us, 1e6 / measured.rival_us, true);
  }

  // What should fit the second-level cache, for a full batch; and all of it.
  void memory(const std::string& tier) {
    const auto kib = [](std::size_t bytes) { return static_cast<double>(bytes) / 1'024; };
    const std::size_t key_tables =
        P256Workload::kKeys * crypto::table_entries(crypto::kLargestKeyWindow) * sizeof(crypto::TableEntry);
    results_.push_back({tier + "/sign_footprint", "KiB", kib(kernel_.sign_bytes), {}});
    results_.push_back({tier + "/verify_footprint", "KiB", kib(kernel_.verify_bytes), {}});
    results_.push_back({tier + "/key_tables_8certs", "KiB", kib(key_tables), {}});
    results_.push_back({tier + "/memory", "KiB", kib(kernel_.memory_bytes), {}});
  }

  void sign_kernel(std::size_t jobs, const std::string& name) {
    const Measured measured = in_turns(
        slices_, jobs,
        [&](std::size_t slice) {
          if (!kernel_.sign(memory_.data(), *signing_[slice % signing_.size()], jobs)) {
            throw std::runtime_error("the kernel refuses to sign");
          }
        },
        5, [&](std::size_t input) { rival_.sign(input); });
    add_rate(name, measured);
    results_.push_back({name + "_time", "us", measured.ours_us * static_cast<double>(jobs), {}});
  }

  void use_tables(unsigned bits) {
    bits_ = bits;
    std::array<crypto::TableEntry*, P256Workload::kKeys> raw{};
    for (std::size_t i = 0; i < P256Workload::kKeys; ++i) {
      tables_[i] = std::make_unique<crypto::TableEntry[]>(crypto::table_entries(bits));
      raw[i] = tables_[i].get();
    }
    if (!kernel_.build_tables(memory_.data(), points_.data(), points_.size(), bits, raw.data())) {
      throw std::runtime_error("the kernel refuses to build tables");
    }
    for (const auto& batch : verifying_) {
      for (std::size_t job = 0; job < kKernelJobs; ++job) {
        batch->table[job] = raw[job % P256Workload::kKeys];
      }
    }
  }

  void verify_kernel(std::size_t jobs, const std::string& name) {
    const Measured measured = in_turns(
        slices_, jobs,
        [&](std::size_t slice) {
          crypto::VerifyBatch& batch = *verifying_[slice % verifying_.size()];
          kernel_.verify(memory_.data(), batch, jobs, bits_);
          for (std::size_t v = 0; v < jobs / crypto::kKernelLanes; ++v) {
            if ((batch.valid[v] | batch.recheck[v]) != 0xff) {
              throw std::runtime_error("the kernel refuses a good signature");
            }
          }
        },
        3, [&](std::size_t input) { rival_.verify(input); });
    add_rate(name, measured);
    results_.push_back({name + "_time", "us", measured.ours_us * static_cast<double>(jobs), {}});
  }

  // The rival value is one OpenSSL verification: what the certificate's first use costs anyway.
  void table_build() {
    std::array<crypto::TableEntry*, P256Workload::kKeys> raw{};
    std::ranges::transform(tables_, raw.begin(), [](const auto& table) { return table.get(); });
    const Measured measured = in_turns(
        slices_ / 4, P256Workload::kKeys,
        [&](std::size_t) {
          if (!kernel_.build_tables(memory_.data(), points_.data(), points_.size(), 5, raw.data())) {
            throw std::runtime_error("the kernel refuses to build tables");
          }
        },
        3, [&](std::size_t input) { rival_.verify(input); });
    add("table_build/w5_8certs", "us/cert", measured.ours_us, measured.rival_us, false);
  }

  void hash(std::size_t messages) {
    crypto::MessageHash hash;
    std::vector<crypto::HashJob> jobs(messages);
    const Measured measured = in_turns(
        slices_, messages * 8,
        [&](std::size_t slice) {
          for (std::size_t round = 0; round < 8; ++round) {
            for (std::size_t job = 0; job < messages; ++job) {
              jobs[job].message = workload_.messages[((slice * 8 + round) * messages + job) % P256Workload::kInputs];
            }
            if (!hash.hash(jobs)) {
              throw std::runtime_error("the library refuses to hash");
            }
          }
        },
        messages * 8, [&](std::size_t input) { rival_.hash(input); });
    add_rate("sha256/400B_batch" + std::to_string(messages), measured);
  }

  void engine_rows() {
    const auto engine = crypto::BatchEngine::make(kernel_, {.busy_after_uses = 1});
    if (!engine) {
      throw std::runtime_error("the engine fails its self-test");
    }
    std::vector<std::unique_ptr<crypto::SigningKey>> signers;
    std::vector<std::unique_ptr<crypto::VerifyingKey>> verifiers;
    for (std::size_t i = 0; i < P256Workload::kKeys; ++i) {
      signers.push_back(engine->make_signing_key(workload_.scalars[i]).value());
      verifiers.push_back(engine->make_verifying_key(workload_.points[i]).value());
    }
    std::vector<crypto::SignRequest> sign(kKernelJobs);
    std::vector<std::array<std::uint8_t, crypto::kSignatureBytes>> out(kKernelJobs);
    add_rate("sign_full/batch128", in_turns(
                                       slices_, kKernelJobs,
                                       [&](std::size_t slice) {
                                         for (std::size_t job = 0; job < kKernelJobs; ++job) {
                                           const std::size_t input =
                                               (slice * kKernelJobs + job) % P256Workload::kInputs;
                                           sign[job] = {signers[input % P256Workload::kKeys].get(),
                                                        workload_.messages[input], out[job].data(), false};
                                         }
                                         engine->sign(sign);
                                         if (!std::ranges::all_of(sign, &crypto::SignRequest::done)) {
                                           throw std::runtime_error("the engine refuses to sign");
                                         }
                                       },
                                       5, [&](std::size_t input) { rival_.sign_message(input); }));
    std::vector<crypto::VerifyRequest> verify(kKernelJobs);
    const auto verify_all = [&](std::size_t slice) {
      for (std::size_t job = 0; job < kKernelJobs; ++job) {
        const std::size_t input = (slice * kKernelJobs + job) % P256Workload::kInputs;
        verify[job] = {verifiers[input % P256Workload::kKeys].get(), workload_.messages[input],
                       workload_.signatures[input].data(), false};
      }
      engine->verify(verify);
      if (!std::ranges::all_of(verify, &crypto::VerifyRequest::valid)) {
        throw std::runtime_error("the engine refuses a good signature");
      }
    };
    for (std::size_t slice = 0; slice < 8; ++slice) {  // until all keys have their large tables
      verify_all(slice);
    }
    add_rate("verify_full/batch128_8certs",
             in_turns(slices_, kKernelJobs, verify_all, 3, [&](std::size_t input) { rival_.verify_message(input); }));
  }

  const crypto::KernelOperations& kernel_;
  std::size_t slices_;
  std::vector<Result>& results_;
  P256Workload workload_;
  EvpRival rival_;
  crypto::LockedMemory memory_;
  std::vector<std::unique_ptr<crypto::SignBatch>> signing_;
  std::vector<std::unique_ptr<crypto::VerifyBatch>> verifying_;
  std::array<crypto::AffinePoint, P256Workload::kKeys> points_{};
  std::array<std::unique_ptr<crypto::TableEntry[]>, P256Workload::kKeys> tables_;
  unsigned bits_ = 8;
};

int run(int argc, char** argv) {
  CLI::App app("P-256 signatures in batches, against OpenSSL in the same run");
  bool json = false;
  std::size_t slices = 400;
  app.add_flag("--json", json, "print JSON");
  app.add_option("--slices", slices, "slices measured for each row")->check(CLI::Range(8, 1'000'000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  std::vector<Result> results;
  if (crypto::has_ifma()) {
    Bench(crypto::ifma::kernel(), slices, results).run_vector_tier();
  }
  Bench(crypto::scalar::kernel(), slices, results).run_scalar_tier();
  std::fputs((json ? to_json(results) : to_table(results)).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace stirline::perf

int main(int argc, char** argv) {
  try {
    return stirline::perf::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_p256: %s\n", error.what());
    return 1;
  }
}
