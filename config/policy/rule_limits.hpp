// What a rule with sp:limit is asked about before it counts (SPIT-PL-03): a rule whose calls are used up is as if it
// did not match, and the others decide. Who counts the calls is not known here: rules have no memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/policy/facts.hpp"
#include "config/policy/handling.hpp"

namespace stirline::config::policy {

// A rule that matches, and has a limit. Layer, group and id are its name, whatever becomes of its document; a rule of
// the layer `user` is the called user's.
struct LimitedRule {
  Layer layer = Layer::none;
  UserGroup group = UserGroup::none;  // of the layer group_default: whose
  std::string_view id;
  std::uint16_t index = 0;             // in its set
  Handling handling = Handling::none;  // what it says
  std::uint16_t per_second = 0;        // calls; at least one
};

class RuleLimits {
 public:
  // False: its calls are used up.
  [[nodiscard]] virtual bool admits(const LimitedRule& rule) = 0;

 protected:
  ~RuleLimits() = default;
};

}  // namespace stirline::config::policy
