// The data plane's account of itself as JSON: what `stirline status` shows. Main thread.
#pragma once

#include <cstdint>
#include <string>

#include "dataplane/appliance.hpp"

namespace stirline::dataplane {

// {"ports":[...],"cores":[...],"tables":{...},"counters":{name: value},"ledger":{...}}: counters that are zero are left
// out of the sums per core but present in "counters". `now` in seconds since 1970, for ages.
[[nodiscard]] std::string status_json(const Appliance& appliance, std::int64_t started_at, std::int64_t now);

}  // namespace stirline::dataplane
