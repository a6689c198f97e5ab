// Our own parser as one of the contestants of bench_sip.
#pragma once

#include <memory>

#include "perf/sip_depth.hpp"
#include "sip_parser/kernel/kernel.hpp"

namespace stirline::perf {

[[nodiscard]] std::unique_ptr<SipParser> make_own(sip::Kernel kernel);

}  // namespace stirline::perf
