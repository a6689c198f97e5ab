// The data plane's account of itself as JSON: what `stirline status` shows. Main thread.
#pragma once

#include <cstdint>
#include <string>

#include "dataplane/appliance.hpp"

namespace stirline::dataplane {

// {"ports":[...],"cores":[...],"tables":{...},"ledger":{...},"fills":[...],"added_delay":[...],"counters":{name:
// value}}, counters summed over the cores. "fills": how full the bounded tables are; "sources_over_limit": the worst of
// them with what they have sent beyond their limit, and when the last of it came, seconds since 1970. "added_delay":
// histograms by path,
// counts by the buckets of config/wire/delay_buckets.hpp. "reputation": the worst callers, signers, trunks and prefixes
// of numbers, each with the reasons for its score (SPIT-CL-14). "counter_facts" has unit and help of each counter, for
// those of a family its name and the member too; "counter_families" the label and help of each family. `now` in seconds
// since 1970, for ages.
[[nodiscard]] std::string status_json(const Appliance& appliance, std::int64_t started_at, std::int64_t now);

}  // namespace stirline::dataplane
