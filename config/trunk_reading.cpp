#include "config/trunk_reading.hpp"

namespace stirline::config {

sip::DialPlan dial_plan_of(const tables::Trunk& trunk) {
  return {.country_code = trunk.country_code,
          .national_prefix = trunk.national_prefix,
          .international_prefix = trunk.international_prefix,
          .accept_bare_digits = trunk.accept_bare_digits,
          .accept_leading_plus = trunk.accept_leading_plus,
          .routing_prefix = trunk.routing_prefix,
          .national_digits = trunk.national_digits};
}

crypto::Originator originator_of(const tables::Trunk& trunk) {
  const bool from_only = trunk.originator == tables::OriginatorSource::from || !trunk.trust_domain;
  return from_only ? crypto::Originator::from : crypto::Originator::asserted_then_from;
}

}  // namespace stirline::config
