// The rules that are not one user's, octet for octet. Internal to config/policy.
//
// A record for each layer that has rules, in the order of layers and groups. The pool begins with the secret the
// ScoreBlock and the PaymentSettings; then the sets, in the order of the records.
#pragma once

#include <cstdint>
#include <type_traits>

#include "config/policy/payment_settings.hpp"
#include "config/policy/statistics/score_settings.hpp"
#include "config/tables/records.hpp"

namespace stirline::config::policy::layout {

struct CommonRow {
  tables::Slice set;
  std::uint8_t layer = 0;  // Layer, never `user`
  std::uint8_t group = 0;  // UserGroup that it is for: of group_default; else 0
  std::uint8_t reserved[6] = {};
};
static_assert(sizeof(CommonRow) == 16);

// Sets behind it begin where they are to.
struct ScoreBlock {
  ScoreSettings settings;
  std::uint8_t reserved[12] = {};
};
static_assert(sizeof(ScoreBlock) == 192);
static_assert(std::has_unique_object_representations_v<ScoreBlock>);  // all octets are its fields

static_assert(sizeof(PaymentSettings) == 216);
static_assert(std::has_unique_object_representations_v<PaymentSettings>);

}  // namespace stirline::config::policy::layout
