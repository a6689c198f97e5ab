// What the kept chains are worth under one set of regimes: each is judged once, and again only when time has passed
// one of its bounds. A new set of regimes begins with an empty one of these.
//
// One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/tables/certificate_table.hpp"
#include "control/certificates/certificate_keeper.hpp"
#include "control/chain_judge.hpp"

namespace stirline::control {

// The first regime's that believes the chain, else the first. `judgements` is not empty.
[[nodiscard]] const ChainJudgement& best_of(const std::vector<ChainJudgement>& judgements);

class JudgedChains {
 public:
  // What each regime says of a chain; one judgement at least.
  using Judge =
      std::function<std::vector<ChainJudgement>(const std::string& url, const std::string& pem, std::int64_t now)>;

  // Judges what is new and what time has changed; forgets what is not kept any more.
  void update(const KeptChains& kept, const Judge& judge, std::int64_t now);

  // Records for the certificate table, by URL and regime.
  [[nodiscard]] std::vector<config::tables::Certificate> records() const;

  // What the judgements lean on.
  [[nodiscard]] std::set<ListName> lists() const;

  // The best judgement on these very certificates; nullptr: not judged yet.
  [[nodiscard]] const ChainJudgement* find(const KeptChain& chain) const;
  [[nodiscard]] std::uint64_t judgements() const { return judgements_; }  // made so far

 private:
  struct One {
    std::uint64_t serial = 0;
    std::int64_t judged_at = 0;
    std::vector<ChainJudgement> judgements;
  };

  std::map<std::string, One, std::less<>> chains_;
  std::uint64_t judgements_ = 0;
};

}  // namespace stirline::control
