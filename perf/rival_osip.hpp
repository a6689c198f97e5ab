// libosip2 as a rival: what its parser types at once, and P-Asserted-Identity by its From parser, for it has none.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "perf/sip_depth.hpp"

namespace stirline::perf {

[[nodiscard]] std::unique_ptr<SipParser> make_osip();

// Reads a request and writes the answer of a stateless UAS to it, the way libosip2's manual has it: returns its octets,
// 0 if it fails. make_osip() was called before.
[[nodiscard]] std::size_t osip_answer(std::string_view request, int status, const char* phrase, const char* to_tag);

}  // namespace stirline::perf
