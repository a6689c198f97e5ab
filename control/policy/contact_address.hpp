// Whom an address book or somebody else's list names, as a subject of white entries (SPIT-FW-11, SPIT-FW-12).
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "control/policy/list_store.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::policy {

struct ContactAddress {
  SubjectKind kind = SubjectKind::number;  // or uri
  std::string identity;                    // canonical
};

enum class AddressFault : std::uint8_t {
  of_another_kind,  // "xmpp:", "mailto:", "https:": nobody who calls, and no mistake either
  no_full_number,   // as it was dialled, and the dial plan does not say the rest
  nobody,           // nobody can call with it
};

[[nodiscard]] std::expected<ContactAddress, AddressFault> read_contact_address(std::string_view text,
                                                                               const sip::DialPlan& dial_plan);

}  // namespace stirline::control::policy
