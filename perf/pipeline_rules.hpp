// What the judged calls of bench_pipeline are judged by: rules of everybody who is called, and lists that the law and
// the operator have looked at.
#pragma once

#include <cstdint>

#include "tests/support/lab_rules.hpp"

namespace stirline::perf {

// For the calls with the numbers from `first` on, `calls` of them: twenty rules for each called user, who differ, as
// people write them: friends by number, companies by domain, strangers, messages that look like spam. One of them lets
// the call on. Of the lists, a million numbers and 20,000 ranges, none has the caller.
[[nodiscard]] test::LabRules rules_of_everybody(std::uint32_t first, std::uint32_t calls);

}  // namespace stirline::perf
