// The operator's command `stirline consent`: what called users do over HTTPS, done for them (SPIT-CO-01, SPIT-CO-07).
//
// The question is {"do": "list" | "grant" | "deny" | "revoke", "user", "caller", "days"}; the answer {"result": "ok",
// ...} or
// {"result": "refused", "errors"}. Thread: that of the event loop.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "control/permissions/permission_desk.hpp"

namespace stirline::control {

inline constexpr std::string_view kOperatorOrigin = "operator";

// `desk`: null if no permissions are kept.
[[nodiscard]] nlohmann::ordered_json answer_consent_command(std::string_view question, PermissionDesk* desk);

}  // namespace stirline::control
