// A record of a call as one line of JSON: ASCII, whatever the network has put into it (STIR-RG-03).
#pragma once

#include <string>

#include "config/wire/call_record.hpp"
#include "control/records/pseudonym.hpp"

namespace stirline::control {

// With the line feed at its end. `pseudonyms`: nullptr if numbers may stand there as they are.
[[nodiscard]] std::string record_line(const config::wire::CallRecord& record, const Pseudonyms* pseudonyms);

}  // namespace stirline::control
