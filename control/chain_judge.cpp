#include "control/chain_judge.hpp"

#include <functional>
#include <utility>

#include "control/read_file.hpp"

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

config::tables::Certificate to_record(std::string x5u, const crypto::ChainVerdict& verdict) {
  config::tables::Certificate record;
  record.x5u = std::move(x5u);
  record.standing = verdict.standing;
  record.point = verdict.facts.point;
  record.not_before = verdict.facts.not_before;
  record.not_after = verdict.facts.not_after;
  record.scope = verdict.facts.scope.entries();
  record.constraints = verdict.facts.constraints;
  return record;
}

}  // namespace stirline::control
