#include "dataplane/state/publication.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace stirline::dataplane {
namespace {

constexpr std::size_t kCacheLine = 64;

rte_rcu_qsbr* make_qsbr(unsigned readers) {
  const std::size_t size = rte_rcu_qsbr_get_memsize(readers);
  auto* qsbr =
      static_cast<rte_rcu_qsbr*>(std::aligned_alloc(kCacheLine, (size + kCacheLine - 1) / kCacheLine * kCacheLine));
  if (qsbr == nullptr || rte_rcu_qsbr_init(qsbr, readers) != 0) {
    throw std::bad_alloc();
  }
  return qsbr;
}

constexpr std::size_t kMostContents = 4;  // that rules and jobs at late crypto cores may hold at a time

}  // namespace

Publication::Publication(unsigned readers) : qsbr_(make_qsbr(readers)), parked_(readers) {
  lives_[1].place = 1;
  for (unsigned reader = 0; reader < readers; ++reader) {
    rte_rcu_qsbr_thread_register(qsbr_.get(), reader);
  }
}

bool Publication::ready_for_next() {
  reclaim();
  return !retiring_;
}

void Publication::publish(std::unique_ptr<const Generation> generation) {
  const unsigned place = 1 - newest_;
  lives_[place].generation = std::move(generation);
  const bool first = current_.load(std::memory_order_relaxed) == nullptr;
  current_.store(&lives_[place], std::memory_order_release);
  newest_ = place;
  if (!first) {
    token_ = rte_rcu_qsbr_start(qsbr_.get());
    retiring_ = true;
  }
}

bool Publication::ready_for_rules() {
  reclaim();
  return old_rules_ == nullptr && contents_.size() < kMostContents;
}

void Publication::publish_rules(std::unique_ptr<const RuleTables> rules) {
  if (rules->content() != nullptr && std::ranges::find(contents_, rules->content()) == contents_.end()) {
    contents_.push_back(rules->content());
  }
  old_rules_ = std::exchange(newest_rules_, std::move(rules));
  rules_.store(newest_rules_.get(), std::memory_order_release);
  rules_token_ = rte_rcu_qsbr_start(qsbr_.get());
}

void Publication::reclaim() {
  if (old_rules_ && rte_rcu_qsbr_check(qsbr_.get(), rules_token_, false) == 1) {
    old_rules_.reset();
  }
  // Rules that poll cores may take a corpus from hold it as well: what nobody else holds nobody can come by.
  std::erase_if(contents_, [](const SharedContent& content) { return content.use_count() == 1; });
  // start and check instead of synchronize: never blocks, and these are inline, so a thread sanitizer sees them.
  if (!retiring_ || rte_rcu_qsbr_check(qsbr_.get(), token_, false) != 1) {
    return;
  }
  const unsigned old = 1 - newest_;
  const bool parked = std::ranges::any_of(
      parked_, [old](const Parked& reader) { return reader.at[old].load(std::memory_order_acquire) != 0; });
  if (!parked) {
    lives_[old].generation.reset();
    retiring_ = false;
  }
}

}  // namespace stirline::dataplane
