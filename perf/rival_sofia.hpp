// sofia-sip as a rival: every header field typed as its message class does, P-Asserted-Identity too.
#pragma once

#include <memory>

#include "perf/sip_depth.hpp"

namespace stirline::perf {

[[nodiscard]] std::unique_ptr<SipParser> make_sofia();

}  // namespace stirline::perf
