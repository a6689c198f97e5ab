#include "control/state_compiler.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include "config/number_plan.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "config/tables/trunk_table.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "crypto_workers/certificate/private_key.hpp"
#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/integrity_digest.hpp"

namespace stirline::control {

namespace tables = config::tables;

namespace {

constexpr std::size_t kMaxIconBytes = 1U << 20U;

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
      std::ranges::sort(errors_, {}, [](const config::ConfigError& error) { return std::tie(error.line, error.key); });
      return std::unexpected(std::move(errors_));
    }
    if (!has_anchors_ && !config_.credentials.empty()) {
      gathered_.warnings.emplace_back("no trust anchors: the chains of our own credentials are not validated");
    }
    tables::Image image = tables::encode_credentials(credentials.records());
    gathered_.credentials = SecretImage(image);
    return std::move(gathered_);
  }

 private:
  void complain(std::uint32_t line, std::string key, std::string expected, std::string found) {
    errors_.push_back({config_.file.string(), line, std::move(key), std::move(expected), std::move(found)});
  }

  void gather_numbers() {
    const auto ranges = config::plan_numbers(config_);
    if (!ranges) {
      errors_.insert(errors_.end(), ranges.error().begin(), ranges.error().end());
      return;
    }
    gathered_.number_count = ranges->size();
    gathered_.numbers = tables::encode_numbers(*ranges);
  }

  void gather_trust() {
    std::vector<TrustRegimes::Problem> problems;
    for (std::size_t i = 0; i < config_.regime_count(); ++i) {
      trusted_ = gathered_.regimes.add(config_.regime(i), problems) && trusted_;
      has_anchors_ = has_anchors_ || !config_.regime(i).anchors.empty();
    }
    for (const TrustRegimes::Problem& problem : problems) {
      const bool anchors = problem.what.list == TrustProblem::List::anchors;
      const std::string section = problem.regime == 0 ? "trust" : fmt::format("regime[{}]", problem.regime - 1);
      complain(problem.regime == 0 ? 0 : config_.regime(problem.regime).line,
               fmt::format("{}.{}[{}]", section, anchors ? "anchors" : "crls", problem.what.index),
               anchors ? "a PEM file with trust anchors" : "a PEM file with revocation lists",
               fmt::format("{}: {}", problem.what.file.string(), problem.what.text));
    }
  }

  void gather_credential(std::size_t index, SecretRecords& records) {
    const config::CredentialConfig& config = config_.credentials[index];
    const std::string place = fmt::format("credential[{}]", index);
    auto key = read_key(config, place);
    const auto chain = read_own_chain(config, place);
    if (!key || !chain) {
      return;
    }
    if (!key->matches(chain->point)) {
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
    record.not_before = chain->validity.not_before;
    record.not_after = chain->validity.not_after;
    record.rich_call_data = gather_rich_call_data(config, place);
    gathered_.credential_facts.push_back({config.name, config.x5u, record.not_before, record.not_after});
  }

  // As JSON that is deterministic: without blanks, keys sorted (RFC 8225 9).
  crypto::RichCallText gather_rich_call_data(const config::CredentialConfig& config, const std::string& place) {
    const config::RichCallConfig& shown = config.rich_call_data;
    crypto::RichCallText text;
    if (!shown.call_reason.empty()) {
      text.crn = nlohmann::json(shown.call_reason).dump();
    }
    if (shown.display_name.empty()) {
      return text;
    }
    nlohmann::json rcd{{"nam", shown.display_name}};
    if (!shown.icon.empty()) {
      const auto octets = read_file(shown.icon_file, kMaxIconBytes);
      crypto::IntegrityDigest digests;
      std::array<char, crypto::kMaxIntegrityDigestBytes> digest;
      const auto length = octets ? digests.write_sha256(crypto::octets_of(*octets), digest) : std::nullopt;
      if (!length) {
        complain(config.line, place + ".icon_file", "the file that icon serves",
                 fmt::format("{}: {}", shown.icon_file.string(), octets ? "no digest" : octets.error()));
        return text;
      }
      rcd["icn"] = shown.icon;
      text.rcdi = nlohmann::json{{"/icn", std::string_view(digest.data(), *length)}}.dump();
    }
    text.rcd = rcd.dump();
    if (!crypto::is_well_made(text)) {
      complain(config.line, place + ".display_name",
               fmt::format("rich call data of at most {} octets in all", crypto::kMaxRichCallTextBytes), "more");
    }
    return text;
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

  struct OwnChain {
    std::array<std::uint8_t, crypto::kPointBytes> point;  // of the leaf
    Validity validity;
  };

  // One that others would refuse is a mistake: better found here than by every call.
  std::optional<OwnChain> read_own_chain(const config::CredentialConfig& config, const std::string& place) {
    const auto bad = [&](std::string expected, const std::string& text) {
      complain(config.line, place + ".chain", std::move(expected), fmt::format("{}: {}", config.chain.string(), text));
      return std::nullopt;
    };
    const auto pem = read_file(config.chain, crypto::kMaxChainBytes);
    if (!pem) {
      return bad("a PEM file with a certificate chain, leaf first", pem.error());
    }
    const crypto::ChainVerdict verdict = gathered_.regimes.judge_own(*pem, now_);
    // Without all its anchors a chain cannot be judged: only the anchors are reported then.
    const bool list_to_come = verdict.uncovered && gathered_.regimes.fetches_lists();
    if (list_to_come) {
      gathered_.warnings.push_back(fmt::format("the chain of credential {} was not looked for in a revocation list: {}",
                                               config.name, verdict.text));
    }
    if (trusted_ && has_anchors_ && verdict.standing != crypto::Reason::verified && !list_to_come) {
      return bad("a chain that validates against the trust anchors",
                 fmt::format("{}: {}", crypto::facts(verdict.standing).name, verdict.text));
    }
    gathered_.own_chains.push_back({config.x5u, *pem});
    return OwnChain{verdict.facts.point, chain_validity(*pem, verdict.facts)};
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
  bool trusted_ = true;       // all anchors and lists could be read
  bool has_anchors_ = false;  // of any regime
  Gathered gathered_;
  config::ConfigErrors errors_;
};

// A chain that no anchor of a regime leads to is no matter there if it stands in another one.
void add_warnings(const TrustRegimes& regimes, const std::vector<ChainJudgement>& judgements,
                  std::vector<std::string>& warnings) {
  const bool stands = std::ranges::any_of(judgements, [](const ChainJudgement& judgement) {
    return judgement.record.standing == crypto::Reason::verified;
  });
  for (const ChainJudgement& judgement : judgements) {
    const config::tables::Certificate& record = judgement.record;
    const bool foreign = stands && record.standing == crypto::Reason::certificate_untrusted;
    if (record.standing != crypto::Reason::verified && !foreign) {
      warnings.push_back(fmt::format("the chain of {} cannot be used{}: {}: {}", record.x5u,
                                     regimes.place(record.regime), crypto::facts(record.standing).name,
                                     judgement.text));
    }
    for (const std::string& warning : judgement.warnings) {
      warnings.push_back(fmt::format("the chain of {}{}: {}", record.x5u, regimes.place(record.regime), warning));
    }
  }
}

}  // namespace

std::expected<Gathered, config::ConfigErrors> gather(const config::ControlConfig& config, std::int64_t now) {
  return Gatherer(config, now).gather();
}

Judged judge(const Gathered& gathered, std::int64_t now, ChainCache& cache,
             const std::vector<tables::Certificate>& fetched) {
  Judged judged;
  judged.warnings = gathered.warnings;
  judged.lists = gathered.regimes.configured_lists();
  for (const X5uChain& chain : gathered.x5u_chains) {
    std::vector<ChainJudgement> judgements = gathered.regimes.judge(chain.url, chain.pem, now, gathered.scopes, cache);
    add_warnings(gathered.regimes, judgements, judged.warnings);
    for (ChainJudgement& judgement : judgements) {
      judged.lists.insert(judgement.lists.begin(), judgement.lists.end());
      judged.certificates.push_back(std::move(judgement.record));
    }
  }
  judged.configured = judged.certificates.size();
  for (const tables::Certificate& record : fetched) {
    if (std::ranges::find(gathered.x5u_chains, record.x5u, &X5uChain::url) == gathered.x5u_chains.end()) {
      judged.certificates.push_back(record);
    }
  }
  for (const CredentialFacts& facts : gathered.credential_facts) {
    if (now > facts.not_after) {
      judged.warnings.push_back(fmt::format("credential {} has expired: its calls go unsigned", facts.name));
    }
  }
  std::ranges::move(gathered.regimes.warnings(now), std::back_inserter(judged.warnings));
  judged.image = tables::encode_certificates(judged.certificates);
  return judged;
}

}  // namespace stirline::control
