// Control's half of the metrics page, made of its own part of `stirline status` (daemon_status.cpp). One thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/metrics/exposition.hpp"

namespace stirline::control {

void write_control_metrics(Exposition& page, const nlohmann::ordered_json& status);

}  // namespace stirline::control
