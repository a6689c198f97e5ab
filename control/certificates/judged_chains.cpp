#include "control/certificates/judged_chains.hpp"

#include <algorithm>

namespace stirline::control {

namespace {

// Does the answer to "is it valid now?" differ between the two times?
bool passed_a_bound(const std::vector<ChainJudgement>& judgements, std::int64_t before, std::int64_t now) {
  return std::ranges::any_of(judgements, [&](const ChainJudgement& judgement) {
    const auto inside = [&](std::int64_t time) {
      return judgement.record.not_before <= time && time <= judgement.record.not_after;
    };
    return inside(before) != inside(now);
  });
}

// Anchors end too, and no record tells when: everything is looked at again within about an hour, a few at a time.
constexpr std::int64_t kOldSeconds = 3'600;
constexpr std::size_t kOldAtATime = 200;

}  // namespace

const ChainJudgement& best_of(const std::vector<ChainJudgement>& judgements) {
  const auto good = std::ranges::find_if(judgements, [](const ChainJudgement& judgement) {
    return judgement.record.standing == crypto::Reason::verified;
  });
  return good == judgements.end() ? judgements.front() : *good;
}

void JudgedChains::update(const KeptChains& kept, const Judge& judge, std::int64_t now) {
  std::erase_if(chains_, [&](const auto& one) { return !kept.contains(one.first); });
  std::size_t old = 0;
  for (const auto& [url, chain] : kept) {
    const auto found = chains_.find(url);
    if (found != chains_.end() && found->second.serial == chain.serial &&
        !passed_a_bound(found->second.judgements, found->second.judged_at, now)) {
      if (found->second.judged_at + kOldSeconds > now || old == kOldAtATime) {
        continue;
      }
      ++old;
    }
    ++judgements_;
    chains_.insert_or_assign(url, One{chain.serial, now, judge(url, chain.stored.pem, now)});
  }
}

std::vector<config::tables::Certificate> JudgedChains::records() const {
  std::vector<config::tables::Certificate> records;
  records.reserve(chains_.size());
  for (const auto& [url, one] : chains_) {
    for (const ChainJudgement& judgement : one.judgements) {
      records.push_back(judgement.record);
    }
  }
  return records;
}

std::set<ListName> JudgedChains::lists() const {
  std::set<ListName> lists;
  for (const auto& [url, one] : chains_) {
    for (const ChainJudgement& judgement : one.judgements) {
      lists.insert(judgement.lists.begin(), judgement.lists.end());
    }
  }
  return lists;
}

const ChainJudgement* JudgedChains::find(const KeptChain& chain) const {
  const auto found = chains_.find(chain.stored.url);
  const bool known = found != chains_.end() && found->second.serial == chain.serial;
  return known ? &best_of(found->second.judgements) : nullptr;
}

}  // namespace stirline::control
