// What stirline-control does without from its start on: capabilities, system calls, files.
#pragma once

#include <expected>
#include <string>

#include "config/control_config.hpp"
#include "config/daemon/file_access.hpp"

namespace stirline::control {

struct Confinement {
  std::string files;  // "limited", or why they are not
  bool system_calls = false;
};

// What this configuration lets the daemon read and write: the folders of the files it names, its stores, its records,
// its socket, and what libraries need to resolve names and to trust servers. A file that a later configuration names in
// another folder is refused until the next start.
[[nodiscard]] config::FileAccess file_access_of(const config::ControlConfig& config);

// For good, and for threads that are started later: so call it before there are any, and before the network is opened.
// The one capability that stays is to listen on ports below 1024, if one is configured.
[[nodiscard]] std::expected<Confinement, std::string> confine(const config::ControlConfig& config);

}  // namespace stirline::control
