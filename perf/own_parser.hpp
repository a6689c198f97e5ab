// Our own parser as one of the contestants of bench_sip.
#pragma once

#include <memory>

#include "perf/sip_depth.hpp"

namespace stirline::perf {

[[nodiscard]] std::unique_ptr<SipParser> make_own();

}  // namespace stirline::perf
