// The operator's command `stirline notices`: what a called user has been told of calls (SPIT-PL-03, SPIT-FW-04).
//
// The question is {"user"}; the answer {"result": "ok", "user", "notices"} or {"result": "refused", "errors"}. Thread:
// that of the event loop.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "control/notices/notice_desk.hpp"

namespace stirline::control {

// `desk`: null if no notices are kept.
[[nodiscard]] nlohmann::ordered_json answer_notices_command(std::string_view question, const NoticeDesk* desk);

}  // namespace stirline::control
