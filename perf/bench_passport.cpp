// What a request costs a crypto core, tokens opened, signatures verified and chains joined: a diverted call beside an
// ordinary one, in turns of the same run.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/engine_select.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/signature_edits.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "perf/p256_workload.hpp"
#include "perf/report.hpp"
#include "tests/support/lab_tables.hpp"

namespace stirline::perf {
namespace {

using namespace stirline::crypto;

constexpr std::size_t kRequests = 1'024;  // distinct, of each kind
constexpr std::int64_t kNow = 1'795'000'000;
constexpr std::string_view kOrigid = "123e4567-e89b-12d3-a456-426655440000";

// The parties a call was sent to, one after the other.
std::string called(std::size_t call, std::size_t hop) {
  return fmt::format("1303{}{:06}", hop, call);
}

std::string invite(std::size_t call, std::size_t hop, const std::string& identities) {
  const std::string to = called(call, 0);
  const std::string diverter =
      hop == 0 ? "" : fmt::format("Diversion: <sip:+{}@b.example.net;user=phone>\r\n", called(call, hop - 1));
  return fmt::format(
      "INVITE sip:+{}@b.example.net;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK{}\r\n"
      "Max-Forwards: 70\r\nFrom: <sip:+1215555{:04}@a.example.net;user=phone>;tag={}\r\n"
      "To: <sip:+{}@b.example.net;user=phone>\r\nCall-ID: {}@192.0.2.10\r\nCSeq: 1 INVITE\r\n{}{}Content-Length: "
      "0\r\n\r\n",
      called(call, hop), call, call % 10'000, call, to, call, diverter, identities);
}

class Workload {
 public:
  explicit Workload(Engine& engine) : processor_(engine) {
    const test::LabTables tables = test::lab_tables();
    const auto& record = tables.certificates.at(0);
    const P256Workload keys;
    for (std::size_t i = 0; i < P256Workload::kKeys; ++i) {
      const std::string x5u = fmt::format("https://cert{}.example.com/chain.pem", i);
      keyring_.add(
          Credential{engine.make_signing_key(keys.scalars[i]).value(), x5u, record.not_before, record.not_after});
      Certificate certificate;
      certificate.standing = record.standing;
      certificate.key = engine.make_verifying_key(keys.points[i]).value();
      certificate.not_before = record.not_before;
      certificate.not_after = record.not_after;
      certificate.scope = TnAuthList(record.scope);
      keyring_.add(x5u, std::move(certificate));
    }
  }

  // Verification jobs of calls that were diverted `diversions` times.
  std::vector<std::unique_ptr<Job>> jobs(std::size_t diversions) {
    std::vector<std::unique_ptr<Job>> jobs;
    for (std::size_t call = 0; call < kRequests; ++call) {
      std::string identities;
      for (std::size_t hop = 0; hop <= diversions; ++hop) {
        const std::size_t signer = (call + hop) % P256Workload::kKeys;  // each hop another's
        identities = sign(invite(call, hop, identities), static_cast<std::uint32_t>(signer)) + identities;
      }
      const std::string& request =
          requests_.emplace_back(std::make_unique<std::string>(invite(call, diversions, identities))).operator*();
      auto job = std::make_unique<Job>();
      job->kind = JobKind::verify;
      job->keyring = &keyring_;
      parse(request);
      plan_verification(message_, request, sip::DialPlan{}, Originator::from, VerifyPolicy{}, kNow, job->verify);
      jobs.push_back(std::move(job));
    }
    return jobs;
  }

  // Nanoseconds a request; throws if one of them is not valid.
  double verify(const std::vector<std::unique_ptr<Job>>& jobs) {
    std::array<Job*, kMaxBatch> batch;
    const auto started = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < jobs.size(); at += batch.size()) {
      const std::size_t count = std::min(batch.size(), jobs.size() - at);
      std::ranges::transform(std::span(jobs).subspan(at, count), batch.begin(), &std::unique_ptr<Job>::get);
      processor_.process(std::span<Job* const>(batch.data(), count));
    }
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - started;
    for (const std::unique_ptr<Job>& job : jobs) {
      if (job->verify.verdict != Verdict::valid) {
        throw std::runtime_error(fmt::format("a call is not valid: {}", facts(job->verify.reason).name));
      }
    }
    return taken.count() / static_cast<double>(jobs.size());
  }

 private:
  void parse(const std::string& request) {
    if (!message_.parse(request)) {
      throw std::runtime_error("a request does not parse");
    }
  }

  // The header lines that the request gets.
  std::string sign(const std::string& request, std::uint32_t credential) {
    parse(request);
    const auto plan = plan_signing(message_, request, {.dial_plan = {}, .diversions = true}, kNow);
    if (!plan) {
      throw std::runtime_error(fmt::format("a request is not signed: {}", to_string(plan.error())));
    }
    const auto job = std::make_unique<Job>();
    job->keyring = &keyring_;
    job->sign.attest = 'A';
    fill_sign_job(*plan, message_, request, kOrigid, kNow, job->sign);
    const auto anybody = [&](std::string_view) { return std::optional(credential); };
    if (!order_tokens(*plan, credential, anybody, false, std::nullopt, job->sign.orders)) {
      throw std::runtime_error("nothing to sign");
    }
    Job* const batch[] = {job.get()};
    processor_.process(batch);
    if (job->sign.outcome != SignOutcome::signed_) {
      throw std::runtime_error("a token was not made");
    }
    return std::string(job->sign.identity_lines());
  }

  Keyring keyring_;
  Processor processor_;
  sip::Message message_;
  std::vector<std::unique_ptr<std::string>> requests_;  // the jobs refer to them
};

std::vector<Result> run(Engine& engine, int rounds) {
  Workload workload(engine);
  const std::vector<std::unique_ptr<Job>> ordinary = workload.jobs(0);
  std::vector<Result> results;
  for (const std::size_t diversions : {std::size_t{1}, std::size_t{2}}) {
    const std::vector<std::unique_ptr<Job>> diverted = workload.jobs(diversions);
    std::vector<double> one;
    std::vector<double> chain;
    for (int round = 0; round < rounds; ++round) {
      one.push_back(workload.verify(ordinary));
      chain.push_back(workload.verify(diverted));
    }
    const double single = median(one);
    const double whole = median(chain);
    results.push_back(
        {fmt::format("verify/diverted_{}", diversions), "ns", whole, Rival{"verify/shaken", single, single / whole}});
  }
  return results;
}

}  // namespace
}  // namespace stirline::perf

int main(int argc, char** argv) {
  CLI::App app{"What a diverted call costs to verify, beside an ordinary one"};
  bool json = false;
  int rounds = 31;
  std::string engine = "auto";
  app.add_flag("--json", json, "print JSON");
  app.add_option("--rounds", rounds, "rounds of 1,024 calls each; medians are reported")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--engine", engine, "crypto engine")
      ->check(CLI::IsMember({"auto", "ifma", "scalar", "openssl"}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    const auto kind = stirline::crypto::engine_kind(engine);
    auto selected = stirline::crypto::select_engine(kind.value_or(stirline::crypto::EngineKind::automatic));
    if (!selected) {
      throw std::runtime_error(selected.error());
    }
    const auto results = stirline::perf::run(*selected->engine, rounds);
    fmt::print("{}", json ? stirline::perf::to_json(results) : stirline::perf::to_table(results));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_passport: {}\n", error.what());
    return 1;
  }
}
