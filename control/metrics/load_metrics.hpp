// How loaded the data plane is, for the metrics page: histograms of added delay, and how full its tables are. One
// thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/metrics/exposition.hpp"

namespace stirline::control {

// `status` is the data plane's document; members that are missing or of another type are passed over.
void write_load_metrics(Exposition& page, const nlohmann::ordered_json& status);

}  // namespace stirline::control
