#include "control/state_compiler.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "config/number_plan.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "config/tables/trunk_table.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/certificate/private_key.hpp"

namespace stirline::control {

namespace tables = config::tables;

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// The credential records on their way into the image; wiped whatever happens.
class SecretRecords {
 public:
  explicit SecretRecords(std::size_t most) { records_.reserve(most); }  // never grows: no copy is left behind
  SecretRecords(const SecretRecords&) = delete;
  SecretRecords& operator=(const SecretRecords&) = delete;
  ~SecretRecords() {
    for (tables::Credential& record : records_) {
      OPENSSL_cleanse(record.scalar.data(), record.scalar.size());
    }
  }
  tables::Credential& add() { return records_.emplace_back(); }
  [[nodiscard]] const std::vector<tables::Credential>& records() const { return records_; }

 private:
  std::vector<tables::Credential> records_;
};

class Gatherer {
 public:
  Gatherer(const config::ControlConfig& config, std::int64_t now) : config_(config), now_(now) {}

  std::expected<Gathered, config::ConfigErrors> gather() {
    gathered_.trunk_count = config_.trunks.size();
    gathered_.trunks = tables::encode_trunks(config_.trunks);
    gather_numbers();
    gather_trust();
    SecretRecords credentials(config_.credentials.size());
    for (std::size_t i = 0; i < config_.credentials.size(); ++i) {
      gather_credential(i, credentials);
    }
    for (std::size_t i = 0; i < config_.x5u_files.size(); ++i) {
      gather_x5u(i);
    }
    if (!errors_.empty()) {
      std::ranges::stable_sort(errors_, {}, &config::ConfigError::line);
      return std::unexpected(std::move(errors_));
    }
    gathered_.credentials = SecretImage(tables::encode_credentials(credentials.records()));
    return std::move(gathered_);
  }

 private:
  void complain(std::uint32_t line, std::string key, std::string expected, std::string found) {
    errors_.push_back({config_.file.string(), line, std::move(key), std::move(expected), std::move(found)});
  }

  void gather_numbers() {
    auto ranges = config::plan_numbers(config_);
    if (!ranges) {
      errors_.insert(errors_.end(), ranges.error().begin(), ranges.error().end());
      return;
    }
    gathered_.number_count = ranges->size();
    gathered_.numbers = tables::encode_numbers(*ranges);
  }

  void gather_trust() {
    auto trust = load_trust(config_.anchors, config_.crls);
    if (trust) {
      gathered_.trust = std::move(*trust);
      return;
    }
    trusted_ = false;
    for (const TrustProblem& problem : trust.error()) {
      const bool anchors = problem.list == TrustProblem::List::anchors;
      complain(0, fmt::format("trust.{}[{}]", anchors ? "anchors" : "crls", problem.index),
               anchors ? "a PEM file with trust anchors" : "a PEM file with revocation lists",
               fmt::format("{}: {}", problem.file.string(), problem.text));
    }
  }

  void gather_credential(std::size_t index, SecretRecords& records) {
    const config::CredentialConfig& config = config_.credentials[index];
    const std::string place = fmt::format("credential[{}]", index);
    auto key = read_key(config, place);
    const auto verdict = read_own_chain(config, place);
    if (!key || !verdict) {
      return;
    }
    if (!key->matches(verdict->facts.point)) {
      complain(config.line, place + ".key",
               fmt::format("the private key of the first certificate in {}", config.chain.string()),
               fmt::format("{}: another key", config.key.string()));
      return;
    }
    tables::Credential& record = records.add();
    record.name = config.name;
    record.x5u = config.x5u;
    std::ranges::copy(key->scalar(), record.scalar.begin());
    record.point = key->point();
    record.not_before = verdict->facts.not_before;
    record.not_after = verdict->facts.not_after;
    gathered_.credential_facts.push_back({config.name, config.x5u, record.not_before, record.not_after});
  }

  std::optional<crypto::PrivateKey> read_key(const config::CredentialConfig& config, const std::string& place) {
    const auto bad = [&](const std::string& text) {
      complain(config.line, place + ".key", "a PEM file with a P-256 private key, not encrypted",
               fmt::format("{}: {}", config.key.string(), text));
      return std::nullopt;
    };
    auto pem = read_file(config.key, crypto::kMaxKeyFileBytes);
    if (!pem) {
      return bad(pem.error());
    }
    auto key = crypto::PrivateKey::from_pem(*pem);
    OPENSSL_cleanse(pem->data(), pem->size());
    if (!key) {
      return bad(key.error());
    }
    return std::move(*key);
  }

  // The verdict on our own chain. One that others would refuse is a mistake: better found here than by every call.
  std::optional<crypto::ChainVerdict> read_own_chain(const config::CredentialConfig& config, const std::string& place) {
    const auto bad = [&](std::string expected, const std::string& text) {
      complain(config.line, place + ".chain", std::move(expected), fmt::format("{}: {}", config.chain.string(), text));
      return std::nullopt;
    };
    const auto pem = read_file(config.chain, crypto::kMaxChainBytes);
    if (!pem) {
      return bad("a PEM file with a certificate chain, leaf first", pem.error());
    }
    crypto::ChainVerdict verdict = gathered_.trust.validate(*pem, now_);
    // Without all anchors a chain cannot be judged: only the anchors are reported then.
    if (trusted_ && verdict.standing != crypto::Reason::verified) {
      return bad("a chain that validates against the trust anchors",
                 fmt::format("{}: {}", crypto::facts(verdict.standing).name, verdict.text));
    }
    return verdict;
  }

  void gather_x5u(std::size_t index) {
    const config::X5uFileConfig& config = config_.x5u_files[index];
    auto pem = read_file(config.file, kMaxPemBytes);
    if (!pem) {
      complain(config.line, fmt::format("x5u[{}].file", index), "a PEM file with a certificate chain, leaf first",
               fmt::format("{}: {}", config.file.string(), pem.error()));
      return;
    }
    gathered_.x5u_chains.push_back({config.url, std::move(*pem)});
  }

  const config::ControlConfig& config_;
  std::int64_t now_;
  bool trusted_ = true;  // all anchors and lists could be read
  Gathered gathered_;
  config::ConfigErrors errors_;
};

// Takes the bounds of a validity into account that lie ahead of `now`.
void note_bounds(std::int64_t not_before, std::int64_t not_after, std::int64_t now, std::int64_t& next_change) {
  if (not_before > now) {
    next_change = std::min(next_change, not_before);
  }
  if (not_after >= now && not_after < kNever) {
    next_change = std::min(next_change, not_after + 1);
  }
}

}  // namespace

std::expected<Gathered, config::ConfigErrors> gather(const config::ControlConfig& config, std::int64_t now) {
  return Gatherer(config, now).gather();
}

Judged judge(const Gathered& gathered, std::int64_t now) {
  Judged judged;
  judged.next_change = kNever;
  for (const X5uChain& chain : gathered.x5u_chains) {
    const crypto::ChainVerdict verdict = gathered.trust.validate(chain.pem, now);
    judged.certificates.push_back(to_record(chain.url, verdict));
    note_bounds(verdict.facts.not_before, verdict.facts.not_after, now, judged.next_change);
    if (verdict.standing != crypto::Reason::verified) {
      judged.warnings.push_back(fmt::format("the chain of {} cannot be used: {}: {}", chain.url,
                                            crypto::facts(verdict.standing).name, verdict.text));
    }
  }
  for (const CredentialFacts& facts : gathered.credential_facts) {
    note_bounds(facts.not_before, facts.not_after, now, judged.next_change);
    if (now > facts.not_after) {
      judged.warnings.push_back(fmt::format("credential {} has expired: its calls go unsigned", facts.name));
    }
  }
  if (gathered.trust.revocation_lists().stale(now)) {
    judged.warnings.emplace_back("a revocation list is older than its nextUpdate: it is still used");
  }
  judged.image = tables::encode_certificates(judged.certificates);
  return judged;
}

}  // namespace stirline::control
