// The trust regimes side by side, and what each of them says of a chain (STIR-CE-10, STIR-RP-02). A trunk believes the
// signers of its own regime and of no other.
//
// One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/regime_config.hpp"
#include "control/chain_cache.hpp"
#include "control/chain_judge.hpp"
#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/certificate/referenced_scopes.hpp"

namespace stirline::control {

class TrustRegimes {
 public:
  struct Problem {
    std::size_t regime = 0;
    TrustProblem what;
  };

  // Reads the files of one more regime, whose index is the number of those before; true if all of them are good.
  // Problems go to `problems`; the regime is then there, and trusts nobody.
  bool add(const config::RegimeConfig& config, std::vector<Problem>& problems);

  [[nodiscard]] std::size_t size() const { return regimes_.size(); }

  // The revocation lists that the configuration wants fetched.
  [[nodiscard]] std::set<ListName> configured_lists() const;
  [[nodiscard]] bool fetches_lists() const;  // those, or others that certificates name

  // The revocation list that `url` serves now goes to each regime that takes lists from there, in place of the one
  // before. The error, a sentence, says why none of them has taken it.
  [[nodiscard]] std::expected<void, std::string> take_list(const std::string& url, std::string_view pem);
  void drop_list(const std::string& url);

  // How each regime judges the chain `pem` that `x5u` serves, in their order. Regimes without anchors are passed over,
  // unless none has any: the first then says so.
  [[nodiscard]] std::vector<ChainJudgement> judge(const std::string& x5u, std::string_view pem, std::int64_t now,
                                                  const crypto::ReferencedScopes& scopes, ChainCache& cache) const;

  // The first regime under which a chain of our own stands, else what the first regime with anchors says.
  [[nodiscard]] crypto::ChainVerdict judge_own(std::string_view pem, std::int64_t now) const;

  // What an operator should know about the revocation lists: stale, or of an unknown signer.
  [[nodiscard]] std::vector<std::string> warnings(std::int64_t now) const;
  // How many regimes have a revocation list that is older than its nextUpdate.
  [[nodiscard]] std::size_t stale_lists(std::int64_t now) const;

  // For messages: " in regime NAME", empty while there is only the default one.
  [[nodiscard]] std::string place(std::size_t regime) const;

 private:
  struct Regime {
    std::string name;
    bool has_anchors = false;
    crypto::ChainValidator trust;
    std::vector<config::PriorityConfig> priorities;
    std::vector<std::string> crl_urls;
    std::vector<std::string> crl_hosts;

    // From a URL of the configuration, or one that certificates may name.
    [[nodiscard]] bool takes_list(const std::string& url) const;
  };

  std::vector<Regime> regimes_;
};

}  // namespace stirline::control
