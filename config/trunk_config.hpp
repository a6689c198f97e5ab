// One [[trunk]] of stirline-control's configuration.
#pragma once

#include "config/tables/trunk_table.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

// Mistakes are told to the section's file. The regime is not read here: it refers to other sections.
[[nodiscard]] tables::Trunk read_trunk(Section& section);

}  // namespace stirline::config
