// From the section [fetch] to the options of the keeper.
#pragma once

#include "config/fetch_config.hpp"
#include "control/certificates/certificate_keeper.hpp"

namespace stirline::control {

[[nodiscard]] KeeperOptions keeper_options(const config::FetchConfig& config);

}  // namespace stirline::control
