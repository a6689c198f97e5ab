// The operator's command `stirline accounting`: messages over each trunk, by hour (SPIT-CL-11).
//
// The question is {"since", "until", "trunk"}; the answer {"result": "ok", "accounts": [...]}
// or {"result": "refused", "errors"}. Thread: that of the event loop.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "control/accounting/trunk_accounts.hpp"

namespace stirline::control {

// `accounts`: null if none are kept.
[[nodiscard]] nlohmann::ordered_json answer_accounting_command(std::string_view question, TrunkAccounts* accounts);

}  // namespace stirline::control
