#include "control/chain_judge.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "config/text_rules.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/pem.hpp"

namespace stirline::control {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kCrlBegin = "-----BEGIN X509 CRL-----";
constexpr std::string_view kCertificateBegin = "-----BEGIN CERTIFICATE-----";

}  // namespace

std::expected<crypto::ChainValidator, std::vector<TrustProblem>> load_trust(const std::vector<fs::path>& anchors,
                                                                            const std::vector<fs::path>& crls,
                                                                            const crypto::TrustRules& rules) {
  crypto::ChainValidator validator(rules);
  std::vector<TrustProblem> problems;
  const auto each = [&](TrustProblem::List list, const std::vector<fs::path>& files,
                        const std::function<std::expected<void, std::string>(const std::string&)>& take) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      const bool failed = std::ranges::any_of(
          problems, [&](const TrustProblem& problem) { return problem.list == list && problem.index == i; });
      if (failed) {
        continue;
      }
      const auto pem = read_file(files[i], kMaxPemBytes);
      const auto taken = pem ? take(*pem) : std::unexpected(pem.error());
      if (!taken) {
        problems.push_back({list, i, files[i], taken.error()});
      }
    }
  };
  each(TrustProblem::List::anchors, anchors, [&](const std::string& pem) -> std::expected<void, std::string> {
    const auto added = validator.add_anchors(pem);
    return added ? std::expected<void, std::string>{} : std::unexpected(added.error());
  });
  // Signers first, wherever they stand.
  each(TrustProblem::List::crls, crls, [&](const std::string& pem) -> std::expected<void, std::string> {
    if (pem.contains(kCertificateBegin)) {
      return validator.add_crl_signers(pem);
    }
    return pem.contains(kCrlBegin) ? std::expected<void, std::string>{}
                                   : std::unexpected("there is neither a CRL nor a certificate");
  });
  each(TrustProblem::List::crls, crls, [&](const std::string& pem) -> std::expected<void, std::string> {
    return pem.contains(kCrlBegin) ? validator.add_crl(pem, crypto::CrlTrust::as_given)
                                   : std::expected<void, std::string>{};
  });
  if (!problems.empty()) {
    return std::unexpected(std::move(problems));
  }
  return validator;
}

Validity chain_validity(std::string_view pem, const crypto::CertificateFacts& leaf) {
  Validity validity{leaf.not_before, leaf.not_after};
  const auto chain = crypto::read_certificates(pem, crypto::kMaxChainBytes, crypto::kMaxChainCertificates);
  if (!chain) {
    return validity;
  }
  for (const crypto::X509Certificate& certificate : *chain) {
    if (const auto own = crypto::read_validity(*certificate)) {
      validity.not_before = std::max(validity.not_before, own->not_before);
      validity.not_after = std::min(validity.not_after, own->not_after);
    }
  }
  return validity;
}

ChainJudgement judgement_of(const crypto::ChainVerdict& verdict, std::string x5u, std::string_view pem) {
  ChainJudgement judgement;
  judgement.text = verdict.text;
  judgement.warnings = verdict.warnings;
  const bool verified = verdict.standing == crypto::Reason::verified;
  const Validity validity = verified ? verdict.validity : chain_validity(pem, verdict.facts);
  config::tables::Certificate& record = judgement.record;
  record.x5u = std::move(x5u);
  record.standing = verdict.standing;
  record.point = verdict.facts.point;
  record.not_before = validity.not_before;
  record.not_after = validity.not_after;
  record.scope = verdict.facts.scope.entries();
  record.constraints = verdict.facts.constraints;
  record.domains = verdict.facts.domains;
  record.subject = config::is_certificate_subject(verdict.facts.subject) ? verdict.facts.subject : std::string();
  return judgement;
}

ChainJudgement judge_chain(const crypto::ChainValidator& trust, std::string x5u, std::string_view pem,
                           std::int64_t now) {
  return judgement_of(trust.validate(pem, now), std::move(x5u), pem);
}

}  // namespace stirline::control
