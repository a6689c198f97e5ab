#include "dataplane/poll/call_limits.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <rte_jhash.h>

namespace stirline::dataplane {

namespace policy = config::policy;

namespace {

constexpr std::size_t kMaxId = 255;

constexpr std::size_t kHeadBytes = sizeof(policy::Key) + 4;

}  // namespace

std::uint64_t CallLimits::key_of(const policy::LimitedRule& rule) const {
  alignas(std::uint32_t) std::array<char, (kHeadBytes + kMaxId + 3) / 4 * 4> name{};  // rte_jhash() reads whole words
  const std::string_view id = rule.id.substr(0, kMaxId);
  const policy::Key called = rule.layer == policy::Layer::user ? call_.called : policy::kNoKey;
  std::memcpy(name.data(), &called, sizeof(called));
  name[sizeof(called)] = static_cast<char>(rule.layer);
  name[sizeof(called) + 1] = static_cast<char>(rule.group);
  std::ranges::copy(id, name.begin() + kHeadBytes);
  std::uint32_t low = call_.seed;
  std::uint32_t high = ~call_.seed;
  rte_jhash_2hashes(name.data(), static_cast<std::uint32_t>(kHeadBytes + id.size()), &low, &high);
  return (std::uint64_t{high} << 32 | low) | 1U;
}

std::uint16_t CallLimits::mark_of(std::uint64_t key) {
  return static_cast<std::uint16_t>(key >> 16) | 1U;
}

bool CallLimits::admits(const policy::LimitedRule& rule) {
  const std::uint64_t key = key_of(rule);
  if (call_.before) {
    if (mark_of(key) != call_.before->detail) {
      return false;
    }
  } else if (!buckets_.has_call(key, rule.per_second, call_.now_cycles)) {
    was_used_up_ = true;
    return false;
  }
  static_cast<void>(admitted_.push({.key = key,
                                    .layer = rule.layer,
                                    .handling = rule.handling,
                                    .index = rule.index,
                                    .per_second = rule.per_second}));
  return true;
}

CallLimits::Spent CallLimits::spend(const policy::Judgement& judgement) {
  Spent spent{.was_used_up = was_used_up_};
  const policy::Outcome& outcome = judgement.outcome;
  if (outcome.rule >= judgement.rules.rules()) {
    return spent;  // nobody says anything, or the caller is a contact
  }
  const policy::Handling said = judgement.rules.handling_of(outcome.rule);
  for (const Admitted& rule : admitted_.view()) {
    if (rule.layer != judgement.layer || rule.handling != said) {
      continue;
    }
    if (rule.index == outcome.rule) {
      spent.mark = mark_of(rule.key);
    }
    if (!call_.before) {
      spent.forgot = !buckets_.take(rule.key, rule.per_second, call_.now_cycles) || spent.forgot;
    }
  }
  return spent;
}

}  // namespace stirline::dataplane
