// A system call that has failed, as an error for people.
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <system_error>

namespace stirline::config {

// "WHAT: what errno says".
[[nodiscard]] inline std::unexpected<std::string> failed_call(const std::string& what, int error = errno) {
  return std::unexpected(what + ": " + std::generic_category().message(error));
}

}  // namespace stirline::config
