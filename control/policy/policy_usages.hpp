// What the engine has to say in the XCAP server: it refuses documents that it cannot make sense of (SPIT-XC-07), and
// announces the modules it has (SPIT-FW-03).
#pragma once

#include <cstdint>
#include <functional>

#include "control/xcap/application_usage.hpp"
#include "control/xcap/capabilities.hpp"

namespace stirline::control::policy {

// Before the server starts. `now`: seconds since 1970; any thread.
void join_usages(UsageChecker& checker, Capabilities& capabilities, std::function<std::int64_t()> now);

}  // namespace stirline::control::policy
