#include "control/certificates/judged_chains.hpp"

namespace stirline::control {

namespace {

// Does the answer to "is it valid now?" differ between the two times?
bool passed_a_bound(const config::tables::Certificate& record, std::int64_t before, std::int64_t now) {
  const auto inside = [&](std::int64_t time) { return record.not_before <= time && time <= record.not_after; };
  return inside(before) != inside(now);
}

// Anchors end too, and no record tells when: everything is looked at again within about an hour, a few at a time.
constexpr std::int64_t kOldSeconds = 3'600;
constexpr std::size_t kOldAtATime = 200;

}  // namespace

void JudgedChains::update(const KeptChains& kept, const Judge& judge, std::int64_t now) {
  std::erase_if(chains_, [&](const auto& one) { return !kept.contains(one.first); });
  std::size_t old = 0;
  for (const auto& [url, chain] : kept) {
    const auto found = chains_.find(url);
    if (found != chains_.end() && found->second.serial == chain.serial &&
        !passed_a_bound(found->second.judgement.record, found->second.judged_at, now)) {
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
    records.push_back(one.judgement.record);
  }
  return records;
}

const ChainJudgement* JudgedChains::find(const KeptChain& chain) const {
  const auto found = chains_.find(chain.stored.url);
  const bool known = found != chains_.end() && found->second.serial == chain.serial;
  return known ? &found->second.judgement : nullptr;
}

}  // namespace stirline::control
