// How numbers are written on a trunk, for the parser (STIR-ID-04).
#pragma once

#include "config/tables/trunk_table.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::config {

// Views into `trunk`. Any thread.
[[nodiscard]] sip::DialPlan dial_plan_of(const tables::Trunk& trunk);

}  // namespace stirline::config
