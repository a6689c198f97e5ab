// From the section [fetch] to the options of the keepers.
#pragma once

#include "config/fetch_config.hpp"
#include "control/certificates/certificate_keeper.hpp"
#include "control/certificates/list_keeper.hpp"

namespace stirline::control {

[[nodiscard]] KeeperOptions keeper_options(const config::FetchConfig& config);
[[nodiscard]] ListKeeperOptions list_keeper_options(const config::FetchConfig& config);

}  // namespace stirline::control
