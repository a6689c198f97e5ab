// How requests of a trunk are read: how numbers are written there (STIR-ID-04), and what says who calls.
#pragma once

#include "config/tables/trunk_table.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::config {

// Views into `trunk`. Any thread.
[[nodiscard]] sip::DialPlan dial_plan_of(const tables::Trunk& trunk);

// What is asserted in another trust domain counts for nothing here (STIR-PR-03).
[[nodiscard]] crypto::Originator originator_of(const tables::Trunk& trunk);

}  // namespace stirline::config
