// The operator's command `stirline feedback`: what a called user has said about calls, shown and undone (SPIT-FW-04).
//
// The question is {"do": "show" | "undo", "user", "caller"}; the answer {"result": "ok", ...} or {"result": "refused",
// "errors"}. Thread: that of the event loop.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "control/feedback/feedback_desk.hpp"

namespace stirline::control {

// `desk`: null if no feedback is kept.
[[nodiscard]] nlohmann::ordered_json answer_feedback_command(std::string_view question, FeedbackDesk* desk);

}  // namespace stirline::control
