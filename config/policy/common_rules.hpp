// The rules of all users together: what the law and the operator want before the user is asked, and what holds where he
// has said nothing (SPIT-PL-06). Read in place.
//
// A view: its image stays mapped while it is used. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <span>

#include "config/policy/facts.hpp"
#include "config/policy/handling.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/payment_settings.hpp"
#include "config/policy/rule_set.hpp"
#include "config/policy/statistics/score_settings.hpp"
#include "config/tables/image.hpp"

namespace stirline::config::policy {

inline constexpr std::size_t kUserGroups = static_cast<std::size_t>(UserGroup::open) + 1;

// Octets of write_rule_set(), or none: by layer, and group_default by the user's group.
struct CommonSets {
  std::span<const std::byte> legal = {};
  std::span<const std::byte> operator_hard = {};
  std::array<std::span<const std::byte>, kUserGroups> group_default = {};
  std::span<const std::byte> operator_soft = {};
};

// `settings`: what the statistics component makes of callers, `payment`: what they may pay; good ones.
[[nodiscard]] tables::Image encode_common_rules(const CommonSets& sets, const KeySecret& secret,
                                                const ScoreSettings& settings = {},
                                                const PaymentSettings& payment = {});

class CommonRules {
 public:
  CommonRules() = default;  // without rules

  // Checks every octet that is ever read.
  [[nodiscard]] static std::expected<CommonRules, tables::TableError> open(tables::ImageView image);

  // Of any layer but the user's own.
  [[nodiscard]] const RuleSet& of(Layer layer, UserGroup group) const {
    return layer == Layer::group_default ? groups_[static_cast<std::size_t>(group)]
                                         : layers_[static_cast<std::size_t>(layer)];
  }
  [[nodiscard]] bool empty() const { return empty_; }           // none of the layers has rules
  [[nodiscard]] std::uint32_t asked() const { return asked_; }  // by all of them, see RuleSet
  [[nodiscard]] const KeySecret& secret() const { return secret_; }
  [[nodiscard]] const ScoreSettings& score_settings() const { return settings_; }
  [[nodiscard]] const PaymentSettings& payment() const { return payment_; }

 private:
  std::array<RuleSet, kLayers> layers_ = {};
  std::array<RuleSet, kUserGroups> groups_ = {};
  KeySecret secret_{};
  ScoreSettings settings_;
  PaymentSettings payment_;
  std::uint32_t asked_ = 0;
  bool empty_ = true;
};

}  // namespace stirline::config::policy
