// The data plane's half of the metrics page, made of its status document (dataplane/status.hpp). One thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/metrics/exposition.hpp"

namespace stirline::control {

// `status` is the document, or null if the data plane is away: then the page says no more than that. The document comes
// from another process: members that are missing or of another type are passed over.
//
// Counters are called stirline_dataplane_NAME_UNIT; those of a family, "verify" say, are one metric with a label, and
// what each value of the label means is in stirline_dataplane_verify_meaning.
void write_dataplane_metrics(Exposition& page, const nlohmann::ordered_json& status);

}  // namespace stirline::control
