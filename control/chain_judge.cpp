#include "control/chain_judge.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "control/read_file.hpp"
#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/pem.hpp"

namespace stirline::control {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kCrlBegin = "-----BEGIN X509 CRL-----";

}  // namespace

std::expected<crypto::ChainValidator, std::vector<TrustProblem>> load_trust(const std::vector<fs::path>& anchors,
                                                                            const std::vector<fs::path>& crls) {
  crypto::ChainValidator validator;
  std::vector<TrustProblem> problems;
  const auto each = [&](TrustProblem::List list, const std::vector<fs::path>& files,
                        const std::function<std::expected<void, std::string>(const std::string&)>& take) {
    for (std::size_t i = 0; i < files.size(); ++i) {
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
  each(TrustProblem::List::crls, crls, [&](const std::string& pem) {
    return pem.contains(kCrlBegin) ? validator.add_crl(pem, crypto::CrlTrust::as_given)
                                   : validator.add_crl_signers(pem);
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
    if (const auto facts = crypto::read_facts(*certificate)) {
      validity.not_before = std::max(validity.not_before, facts->not_before);
      validity.not_after = std::min(validity.not_after, facts->not_after);
    }
  }
  return validity;
}

ChainJudgement judge_chain(const crypto::ChainValidator& trust, std::string x5u, std::string_view pem,
                           std::int64_t now) {
  const crypto::ChainVerdict verdict = trust.validate(pem, now);
  const Validity validity = chain_validity(pem, verdict.facts);
  ChainJudgement judgement;
  judgement.text = verdict.text;
  config::tables::Certificate& record = judgement.record;
  record.x5u = std::move(x5u);
  record.standing = verdict.standing;
  record.point = verdict.facts.point;
  record.not_before = validity.not_before;
  record.not_after = validity.not_after;
  record.scope = verdict.facts.scope.entries();
  record.constraints = verdict.facts.constraints;
  return judgement;
}

}  // namespace stirline::control
