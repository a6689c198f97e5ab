// What the operating system says about its last refusal, as a WireError. Internal to config/wire.
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <system_error>

#include "config/wire/channel.hpp"

namespace stirline::config::wire {

[[nodiscard]] inline std::unexpected<WireError> system_error(const std::string& what, int code = errno) {
  return std::unexpected(WireError{.text = what + ": " + std::generic_category().message(code),
                                   .closed = code == EPIPE || code == ECONNRESET});
}

}  // namespace stirline::config::wire
