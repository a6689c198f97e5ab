// The address of a Unix socket file. Internal to config/wire.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace stirline::config::wire {

// Nothing if `path` is empty, holds a zero or does not fit (107 octets).
[[nodiscard]] inline std::optional<sockaddr_un> socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path) || path.contains('\0')) {
    return std::nullopt;
  }
  std::ranges::copy(path, address.sun_path);
  return address;
}

// For bind and connect, which take the general type.
[[nodiscard]] inline const sockaddr* general(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace stirline::config::wire
