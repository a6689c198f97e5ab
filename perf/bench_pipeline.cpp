// The whole data plane on in-memory ports: calls signed, calls verified, packets let through; with OpenSSL's bare
// signature and verification as the rival of the same run. One poll core, one crypto core; generator and sink are the
// main thread.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <rte_cycles.h>

#include "config/wire/delay_buckets.hpp"
#include "config/wire/protocol.hpp"
#include "crypto_workers/p256/engine_select.hpp"
#include "dataplane/eal/port.hpp"
#include "perf/pipeline_rules.hpp"
#include "perf/report.hpp"
#include "perf/rival_openssl.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/support/eal_for_tests.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::perf {
namespace {

using dataplane::Counter;
using test::Harness;
using Frames = std::vector<golden::Octets>;

constexpr std::uint32_t kCalls = 4'096;  // distinct
constexpr std::uint32_t kWindow = 256;   // calls under way at most: twice a full batch
constexpr std::uint32_t kRivalSigns = 4'000;
constexpr std::uint32_t kRivalVerifies = 1'500;
constexpr std::chrono::seconds kPatience{10};
constexpr std::uint32_t kDeadlineUs = 1'000'000;  // generous: a neighbour on the machine must not look like a loss

struct Direction {
  std::string name;  // "sign"
  test::RingPort* in = nullptr;
  const test::RingPort* out = nullptr;
  std::vector<Counter> finished;  // their sum is how many calls are done
  std::function<double(OpensslRival&)> rival_us;
  std::string rival_name;
};

struct Round {
  double seconds = 0;
  double cpu_us_per_call = 0;
};

std::unique_ptr<crypto::Engine> engine_or_throw(crypto::EngineKind kind) {
  auto selected = crypto::select_engine(kind);
  if (!selected) {
    throw std::runtime_error(selected.error());
  }
  return std::move(selected->engine);
}

std::uint64_t finished(const Harness& harness, const Direction& direction) {
  std::uint64_t sum = 0;
  for (const Counter counter : direction.finished) {
    sum += harness.counter(counter);
  }
  return sum;
}

// Every counter that says something, in words.
std::string not_zero(const Harness& harness) {
  std::string words;
  const auto& facts = dataplane::counter_facts();
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (const std::uint64_t value = harness.counter(static_cast<Counter>(i)); value != 0) {
      words += fmt::format(" {}={}", facts[i].name, value);
    }
  }
  return words;
}

// Every call once. `calls[i]` are the frames of call i. What comes out is kept in `output` if there is one: that costs
// the generator, which shares two processors with the cores that are measured, more than it should take.
Round run_round(Harness& harness, const Direction& direction, const std::vector<Frames>& calls,
                std::vector<golden::Octets>* output) {
  const auto take = [&] {
    if (output == nullptr) {
      return direction.out->discard() != 0;
    }
    const std::size_t had = output->size();
    for (golden::Octets frame = direction.out->get(); !frame.empty(); frame = direction.out->get()) {
      output->push_back(std::move(frame));
    }
    return output->size() != had;
  };
  const std::uint64_t before = finished(harness, direction);
  const double cpu_before = process_cpu_us() - thread_cpu_us();
  const auto started = std::chrono::steady_clock::now();
  std::size_t sent = 0;
  std::uint64_t done = 0;
  std::string records;  // of calls: taken as main would, and forgotten
  auto last_moved = started;
  while (done < calls.size()) {
    bool moved = false;
    while (sent < calls.size() && sent - done < kWindow) {
      for (const golden::Octets& frame : calls[sent]) {
        if (!direction.in->put(harness.pool(), frame)) {
          throw std::runtime_error("the generator has no room");
        }
      }
      ++sent;
      moved = true;
    }
    moved = take() || moved;
    records.clear();
    harness.appliance().take_records(records, config::wire::kMaxPayload);
    done = finished(harness, direction) - before;
    const auto now = std::chrono::steady_clock::now();
    if (moved) {
      last_moved = now;
    } else if (now - last_moved > kPatience) {
      throw std::runtime_error(fmt::format("{}: {} of {} calls came to their end, then nothing moved:{}",
                                           direction.name, done, calls.size(), not_zero(harness)));
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const double cpu = process_cpu_us() - thread_cpu_us() - cpu_before;
  if (!harness.settle()) {
    throw std::runtime_error("the ledger does not balance");
  }
  take();
  return {seconds, cpu / static_cast<double>(calls.size())};
}

// Frames that left one appliance, grouped by call: the fragments of a datagram share their identification.
std::vector<Frames> by_call(const std::vector<golden::Octets>& frames) {
  std::vector<Frames> calls;
  std::uint32_t last = 0;
  for (const golden::Octets& octets : frames) {
    const dataplane::Frame frame = dataplane::read_frame(octets);
    if (calls.empty() || frame.kind == dataplane::FrameKind::udp || frame.fragment_id != last) {
      calls.emplace_back();
    }
    last = frame.fragment_id;
    calls.back().push_back(octets);
  }
  return calls;
}

void require_nothing_lost(const Harness& harness) {
  for (const Counter counter :
       {Counter::parked_full, Counter::ring_full, Counter::job_deadline, Counter::write_no_buffers,
        Counter::no_large_buffer, Counter::fragment_table_full, Counter::fragment_source_full}) {
    if (harness.counter(counter) != 0) {
      throw std::runtime_error("calls went untouched: " +
                               dataplane::counter_facts()[static_cast<std::size_t>(counter)].name);
    }
  }
  for (const Counter counter : dataplane::kDropCounters) {
    if (harness.counter(counter) != 0) {
      throw std::runtime_error("packets were dropped: " +
                               dataplane::counter_facts()[static_cast<std::size_t>(counter)].name);
    }
  }
}

// `calls_of(round)`: what is put in; the same calls twice only where nothing is remembered of them.
void measure(Harness& harness, OpensslRival& rival, const Direction& direction,
             const std::function<std::vector<Frames>(int)>& calls_of, int rounds, std::vector<Result>& results) {
  std::vector<double> per_second;
  std::vector<double> cpu_us;
  std::vector<double> rival_us;
  const std::vector<Counter> stages = {Counter::cycles_classify, Counter::cycles_parse, Counter::cycles_decide,
                                       Counter::cycles_wait, Counter::cycles_write};
  std::vector<std::uint64_t> stage_before;
  for (const Counter stage : stages) {
    stage_before.push_back(harness.counter(stage));
  }
  for (int round = 0; round < rounds; ++round) {
    const std::vector<Frames> calls = calls_of(round);
    rival_us.push_back(direction.rival_us(rival));
    const Round measured = run_round(harness, direction, calls, nullptr);
    per_second.push_back(static_cast<double>(calls.size()) / measured.seconds);
    cpu_us.push_back(measured.cpu_us_per_call);
  }
  require_nothing_lost(harness);
  const double rival_median = median(rival_us);
  const double rate = median(per_second);
  const double cpu = median(cpu_us);
  results.push_back({direction.name + "/calls_per_s", "calls/s", rate,
                     Rival{direction.rival_name, 1e6 / rival_median, rate * rival_median / 1e6}});
  results.push_back(
      {direction.name + "/cpu_us_per_call", "us", cpu, Rival{direction.rival_name, rival_median, rival_median / cpu}});
  const double total = static_cast<double>(rounds) * kCalls;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::string& name = dataplane::counter_facts()[static_cast<std::size_t>(stages[i])].name;
    results.push_back({direction.name + "/" + name,
                       "cycles",
                       static_cast<double>(harness.counter(stages[i]) - stage_before[i]) / total,
                       {}});
  }
}

// Real-time priority for this thread, as long as it lives and if the system grants it.
class RealTime {
 public:
  RealTime() {
    sched_param priority{};
    priority.sched_priority = 1;
    static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority));
  }
  ~RealTime() {
    const sched_param priority{};
    static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_OTHER, &priority));
  }
  RealTime(const RealTime&) = delete;
  RealTime& operator=(const RealTime&) = delete;
};

// Added delay of calls that are signed, with half the load that the same run has measured (INL-AV-04). Both cores spin,
// each on a processor of its own; calls come a few at a time, every 50 us, from a generator that only wakes for that.
// It shares a processor with one of them, so it asks for real-time priority: what it takes is then a few microseconds
// and not a time slice. Without the right to that the figures say more about the scheduler than about us.
void half_load(double calls_per_s, crypto::EngineKind engine, bool with_records, std::vector<Result>& results) {
  constexpr std::chrono::microseconds kTick{50};
  constexpr double kSeconds = 4;
  Harness harness({.adjust =
                       [with_records](config::DataplaneConfig& config) {
                         config.limits.job_deadline_us = kDeadlineUs;
                         config.records.enabled = with_records;
                         config.cores.idle = config::Idle::busy;
                       },
                   .make_engine = [engine] { return engine_or_throw(engine); }});
  harness.publish(test::lab_tables());
  const auto calls = static_cast<std::uint32_t>(calls_per_s / 2 * kSeconds);
  std::vector<golden::Octets> frames;
  frames.reserve(calls);
  for (std::uint32_t number = 0; number < calls; ++number) {
    golden::PacketSpec spec;
    spec.payload = test::invite({.number = number, .date = test::kTestNow});
    frames.push_back(golden::build(spec));
  }
  const double per_tick = calls_per_s / 2 * std::chrono::duration<double>(kTick).count();
  const RealTime real_time;
  std::string records;
  auto next = std::chrono::steady_clock::now();
  double due = 0;
  for (std::size_t sent = 0; sent < frames.size();) {
    for (due += per_tick; due >= 1 && sent < frames.size(); due -= 1) {
      if (!harness.a().put(harness.pool(), frames[sent++])) {
        throw std::runtime_error("the generator has no room");
      }
    }
    harness.b().discard();
    records.clear();
    harness.appliance().take_records(records, config::wire::kMaxPayload);
    next = std::max(next + kTick, std::chrono::steady_clock::now());  // what was missed is not made up for: no bursts
    std::this_thread::sleep_until(next);
  }
  if (!harness.settle()) {
    throw std::runtime_error("the ledger does not balance");
  }
  const dataplane::DelayHistogram& delays =
      harness.appliance().poll_cores().front()->delays(dataplane::DelayPath::signing);
  std::array<std::uint64_t, config::wire::kDelayBuckets> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = delays.bucket(i);
  }
  const dataplane::CryptoCore& core = *harness.appliance().crypto_cores().front();
  const double us_per_cycle = 1e6 / static_cast<double>(rte_get_tsc_hz());
  const double batch =
      static_cast<double>(core.load().busy_cycles()) * us_per_cycle / static_cast<double>(core.batches());
  const auto add = [&](const std::string& name, double quantile) {
    const double us = static_cast<double>(config::wire::delay_quantile(counts, quantile)) / 1e3;
    results.push_back({"half_load/" + name, "us", us, Rival{"time of a batch", batch, batch / us}});
  };
  add("signed_p50", 0.50);
  add("signed_p99", 0.99);
  // More than none: this machine had no half of its load to give while it was measured.
  results.push_back(
      {"half_load/left_unsigned", "calls", static_cast<double>(harness.counter(Counter::parked_full)), {}});
  results.push_back({"half_load/calls_per_batch",
                     "calls",
                     static_cast<double>(core.jobs()) / static_cast<double>(core.batches()),
                     {}});
}

// Both directions of a pair closed to loops: the packets go round and round, so one core is all that works.
double bypass_mpps(double seconds) {
  constexpr unsigned kRing = 8'192;
  constexpr std::uint32_t kPackets = 4'096;
  rte_ring* outward = test::RingPort::make_ring("outward", kRing);
  rte_ring* inward = test::RingPort::make_ring("inward", kRing);
  test::RingPort a("loop_a", outward, inward);
  test::RingPort b("loop_b", inward, outward);
  auto pool = dataplane::make_packet_pool("loop", 2 * kPackets - 1, 1'500, 0);
  if (!pool) {
    throw std::runtime_error(pool.error());
  }
  config::DataplaneConfig config = test::ring_config(a, b);
  config.cores.idle = config::Idle::busy;
  config.cores.crypto = {};  // nobody would ask it anything
  auto appliance = dataplane::Appliance::make(config);
  if (!appliance) {
    throw std::runtime_error(appliance.error());
  }
  if (auto applied = (*appliance)->apply(1, test::lab_tables().staged()); !applied) {
    throw std::runtime_error(applied.error());
  }
  for (std::uint32_t i = 0; i < kPackets; ++i) {
    golden::PacketSpec spec;
    spec.source = fmt::format("192.0.2.{}", i % 250 + 1);
    spec.destination = fmt::format("203.0.113.{}", i / 250 + 1);
    spec.destination_port = static_cast<std::uint16_t>(10'000 + i);
    spec.payload = std::string(64 - 14 - 20 - 8 - 4, 'x');  // 64 octets on the wire with the checksum the port adds
    if (!(i % 2 == 0 ? a : b).put(*pool, golden::build(spec))) {
      throw std::runtime_error("the loop has no room");
    }
  }
  if (auto started = (*appliance)->start(); !started) {
    throw std::runtime_error(started.error());
  }
  const dataplane::Counters& counters = (*appliance)->poll_cores().front()->counters();
  const auto snapshot = [&] {
    return std::pair{counters.value(Counter::transmitted), process_cpu_us() - thread_cpu_us()};
  };
  const auto [packets_before, cpu_before] = snapshot();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const auto [packets, cpu] = snapshot();
  (*appliance)->stop();
  if (counters.value(Counter::dropped_transmit_full) != 0) {
    throw std::runtime_error("the loop dropped packets");
  }
  return static_cast<double>(packets - packets_before) / (cpu - cpu_before);
}

std::vector<Result> run(int rounds, crypto::EngineKind engine, bool with_records, bool with_half_load) {
  std::vector<Result> results;
  OpensslRival rival;
  {
    Harness harness({.adjust =
                         [with_records](config::DataplaneConfig& config) {
                           config.limits.job_deadline_us = kDeadlineUs;
                           config.records.enabled = with_records;
                         },
                     .make_engine = [engine] { return engine_or_throw(engine); }});
    harness.publish(test::lab_tables());
    const auto unsigned_calls = [](int round) {  // others in each round: a copy would not be signed again
      std::vector<Frames> calls;
      for (std::uint32_t i = 0; i < kCalls; ++i) {
        const std::uint32_t number = static_cast<std::uint32_t>(round) * kCalls + i;
        golden::PacketSpec spec;
        spec.payload = test::invite({.number = number, .date = test::kTestNow, .attest = "ABC"[i % 3]});
        calls.push_back({golden::build(spec)});
      }
      return calls;
    };
    const Direction sign = {.name = "sign",
                            .in = &harness.a(),
                            .out = &harness.b(),
                            .finished = {Counter::signed_a, Counter::signed_b, Counter::signed_c},
                            .rival_us = [](OpensslRival& openssl) { return openssl.sign_us(kRivalSigns); },
                            .rival_name = "OpenSSL EVP sign"};
    measure(harness, rival, sign, unsigned_calls, rounds, results);
    std::vector<golden::Octets> signed_frames;
    run_round(harness, sign, unsigned_calls(rounds), &signed_frames);
    // What the signer sent comes back as if from the peer: its addresses change places, which leaves every checksum
    // right.
    for (golden::Octets& frame : signed_frames) {
      std::swap_ranges(frame.begin() + 26, frame.begin() + 30, frame.begin() + 30);
    }
    const Direction verify = {.name = "verify",
                              .in = &harness.b(),
                              .out = &harness.a(),
                              .finished = {Counter::verified_valid},
                              .rival_us = [](OpensslRival& openssl) { return openssl.verify_us(kRivalVerifies); },
                              .rival_name = "OpenSSL EVP verify"};
    const std::vector<Frames> signed_calls = by_call(signed_frames);
    measure(harness, rival, verify, [&](int) { return signed_calls; }, rounds, results);
    harness.publish(rules_of_everybody(static_cast<std::uint32_t>(rounds) * kCalls, kCalls));
    Direction ruled = verify;
    ruled.name = "verify_ruled";
    ruled.finished = {Counter::rules_allowed};
    measure(harness, rival, ruled, [&](int) { return signed_calls; }, rounds, results);
  }
  if (with_half_load) {
    half_load(results.front().value, engine, with_records, results);
  }
  results.push_back({"bypass/mpps", "Mpps", bypass_mpps(2.0), {}});
  return results;
}

}  // namespace
}  // namespace stirline::perf

int main(int argc, char** argv) {
  CLI::App app{"The data plane on in-memory ports, beside OpenSSL in the same run"};
  bool json = false;
  int rounds = 9;
  std::string engine = "auto";
  bool with_records = true;
  app.add_flag("--json", json, "print JSON");
  app.add_option("--rounds", rounds, "rounds of 4,096 calls; medians are reported")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--engine", engine, "crypto engine")
      ->check(CLI::IsMember({"auto", "ifma", "scalar", "openssl"}))
      ->capture_default_str();
  app.add_flag("!--without-records", with_records, "no records of calls: what they cost is the difference");
  bool with_half_load = false;
  app.add_flag("--half-load", with_half_load, "added delay at half the load; wants three processors to itself");
  CLI11_PARSE(app, argc, argv);
  try {
    stirline::test::start_eal("bench_pipeline", 2, 512);
    const auto results =
        stirline::perf::run(rounds, *stirline::crypto::engine_kind(engine), with_records, with_half_load);
    std::puts((json ? stirline::perf::to_json(results) : stirline::perf::to_table(results)).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_pipeline: %s\n", error.what());
    return 1;
  }
  return 0;
}
