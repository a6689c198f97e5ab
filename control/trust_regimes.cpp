#include "control/trust_regimes.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/text_rules.hpp"

namespace stirline::control {

namespace {

// The namespaces that the service providers of `scope` may sign, sorted.
std::vector<std::string> namespaces_of(const std::vector<crypto::TnEntry>& scope,
                                       const std::vector<config::PriorityConfig>& priorities) {
  std::vector<std::string> namespaces;
  for (const config::PriorityConfig& priority : priorities) {
    const bool holds_it = std::ranges::any_of(scope, [&](const crypto::TnEntry& entry) {
      return entry.kind == crypto::TnEntry::Kind::spc && entry.value == priority.spc;
    });
    if (holds_it) {
      namespaces.insert(namespaces.end(), priority.namespaces.begin(), priority.namespaces.end());
    }
  }
  std::ranges::sort(namespaces);
  namespaces.erase(std::ranges::unique(namespaces).begin(), namespaces.end());
  return namespaces;
}

}  // namespace

bool TrustRegimes::add(const config::RegimeConfig& config, std::vector<Problem>& problems) {
  auto trust = load_trust(config.anchors, config.crls, config.rules);
  const bool good = trust.has_value();
  if (!good) {
    for (TrustProblem& problem : trust.error()) {
      problems.push_back({regimes_.size(), std::move(problem)});
    }
  }
  regimes_.push_back({config.name, !config.anchors.empty(),
                      good ? *std::move(trust) : crypto::ChainValidator(config.rules), config.priorities,
                      config.crl_urls, config.crl_hosts});
  return good;
}

// A stranger's certificate asks for nothing: only paths to an anchor have URLs here, and of those only the regime's own
// hosts count (STIR-CE-09).
bool TrustRegimes::Regime::takes_list(const std::string& url) const {
  std::string host(config::host_of_https_url(url));
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(crl_urls, url) != crl_urls.end() ||
         (!host.empty() && std::ranges::find(crl_hosts, host) != crl_hosts.end());
}

std::set<ListName> TrustRegimes::configured_lists() const {
  std::set<ListName> lists;
  for (const Regime& regime : regimes_) {
    for (const std::string& url : regime.crl_urls) {
      lists.insert({ListKind::revocation, url});
    }
  }
  return lists;
}

bool TrustRegimes::fetches_lists() const {
  return std::ranges::any_of(
      regimes_, [](const Regime& regime) { return !regime.crl_urls.empty() || !regime.crl_hosts.empty(); });
}

std::expected<void, std::string> TrustRegimes::take_list(const std::string& url, std::string_view pem) {
  std::string refusals;
  bool taken = false;
  for (std::size_t i = 0; i < regimes_.size(); ++i) {
    if (!regimes_[i].takes_list(url)) {
      continue;
    }
    const auto replaced = regimes_[i].trust.replace_crl(pem, url);
    taken = taken || replaced;
    if (!replaced) {
      refusals += fmt::format("{}{}{}", refusals.empty() ? "" : "; ", replaced.error(), place(i));
    }
  }
  if (taken) {
    return {};
  }
  return std::unexpected(refusals.empty() ? "no regime takes a list from there" : refusals);
}

void TrustRegimes::drop_list(const std::string& url) {
  for (Regime& regime : regimes_) {
    regime.trust.forget_crl(url);
  }
}

std::vector<ChainJudgement> TrustRegimes::judge(const std::string& x5u, std::string_view pem, std::int64_t now,
                                                const crypto::ReferencedScopes& scopes, ChainCache& cache) const {
  std::vector<ChainJudgement> judgements;
  const bool nobody = std::ranges::none_of(regimes_, &Regime::has_anchors);
  for (std::size_t i = 0; i < regimes_.size(); ++i) {
    const Regime& regime = regimes_[i];
    if (!regime.has_anchors && !(nobody && i == 0)) {
      continue;
    }
    const auto index = static_cast<std::uint16_t>(i);
    const crypto::ChainVerdict& verdict = cache.validate(regime.trust, index, pem, now, scopes);
    ChainJudgement& judgement = judgements.emplace_back(judgement_of(verdict, x5u, pem));
    for (const std::string& url : verdict.list_urls) {
      if (regime.takes_list(url)) {
        judgement.lists.push_back({ListKind::revocation, url});
      }
    }
    for (const std::string& url : verdict.scope_urls) {
      judgement.lists.push_back({ListKind::numbers, url});
    }
    judgement.record.regime = index;
    if (!regime.trust.rules().domains) {
      judgement.record.domains.clear();
    }
    judgement.record.namespaces = namespaces_of(judgement.record.scope, regime.priorities);
  }
  return judgements;
}

crypto::ChainVerdict TrustRegimes::judge_own(std::string_view pem, std::int64_t now) const {
  crypto::ChainVerdict first;
  bool judged = false;
  for (const Regime& regime : regimes_) {
    if (!regime.has_anchors) {
      continue;
    }
    crypto::ChainVerdict verdict = regime.trust.validate(pem, now);
    if (verdict.standing == crypto::Reason::verified) {
      return verdict;
    }
    first = judged ? std::move(first) : std::move(verdict);
    judged = true;
  }
  return judged || regimes_.empty() ? first : regimes_.front().trust.validate(pem, now);
}

std::vector<std::string> TrustRegimes::warnings(std::int64_t now) const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < regimes_.size(); ++i) {
    const Regime& regime = regimes_[i];
    const crypto::RevocationLists& lists = regime.trust.revocation_lists();
    if (lists.stale(now)) {
      warnings.push_back(
          regime.trust.rules().revocation_required
              ? fmt::format("a revocation list{} is older than its nextUpdate: what it should answer "
                            "for is refused",
                            place(i))
              : fmt::format("a revocation list{} is older than its nextUpdate: it is still used", place(i)));
    }
    if (lists.unsigned_lists() > 0) {
      warnings.push_back(
          fmt::format("the signer of an indirect revocation list{} is not known: it is used as given", place(i)));
    }
  }
  return warnings;
}

std::size_t TrustRegimes::stale_lists(std::int64_t now) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      regimes_, [now](const Regime& regime) { return regime.trust.revocation_lists().stale(now); }));
}

std::string TrustRegimes::place(std::size_t regime) const {
  return regimes_.size() > 1 ? fmt::format(" in regime {}", regimes_[regime].name) : std::string();
}

}  // namespace stirline::control
