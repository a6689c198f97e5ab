// The limits of the rules that one call is asked about (SPIT-PL-03). Its calls are counted once it has been decided
// which rules had a say: those that say what the decision says.
//
// A copy of a request that has gone on is no further call: for it that rule has calls which decided then, and no other
// rule with a limit, so that it goes the same way (INL-TX-09). No heap. Thread: one poll core, for one call.
#pragma once

#include <cstdint>
#include <optional>

#include "config/policy/judge.hpp"
#include "config/policy/rule_limits.hpp"
#include "dataplane/poll/call_buckets.hpp"
#include "dataplane/poll/decided_requests.hpp"
#include "sip_parser/fixed_list.hpp"

namespace stirline::dataplane {

class CallLimits final : public config::policy::RuleLimits {
 public:
  struct Call {
    config::policy::Key called = config::policy::kNoKey;  // whose rules the layer `user` has
    std::optional<Decided> before = {};                   // what was decided about it, of a copy
    std::uint64_t now_cycles = 0;
    std::uint32_t seed = 0;  // of keys: random, so that nobody outside can aim at one bucket
  };
  CallLimits(CallBuckets& buckets, const Call& call) : buckets_(buckets), call_(call) {}

  [[nodiscard]] bool admits(const config::policy::LimitedRule& rule) override;

  struct Spent {
    std::uint16_t mark = 0;    // Decided::detail of a request that goes on: which rule decided; 0: none with a limit
    bool was_used_up = false;  // a rule that matches had no call left
    bool forgot = false;       // see CallBuckets::take()
  };
  // Counts the call, unless it is a copy.
  Spent spend(const config::policy::Judgement& judgement);

 private:
  static constexpr std::size_t kMaxCounted = 16;  // rules that one call is counted to: others are good for more

  struct Admitted {
    std::uint64_t key = 0;
    config::policy::Layer layer = config::policy::Layer::none;
    config::policy::Handling handling = config::policy::Handling::none;
    std::uint16_t index = 0;
    std::uint16_t per_second = 0;
  };
  [[nodiscard]] std::uint64_t key_of(const config::policy::LimitedRule& rule) const;
  [[nodiscard]] static std::uint16_t mark_of(std::uint64_t key);

  CallBuckets& buckets_;
  Call call_;
  sip::FixedList<Admitted, kMaxCounted> admitted_;
  bool was_used_up_ = false;
};

}  // namespace stirline::dataplane
