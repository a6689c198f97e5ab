// libosip2 as a rival: what its parser types at once, and P-Asserted-Identity by its From parser, for it has none.
#pragma once

#include <memory>

#include "perf/sip_depth.hpp"

namespace stirline::perf {

[[nodiscard]] std::unique_ptr<SipParser> make_osip();

}  // namespace stirline::perf
