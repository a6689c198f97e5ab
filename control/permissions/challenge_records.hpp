// What the data plane's records say of challenges: who asks for consent, and which calls were sent to a test
// (SPIT-CO-01, SPIT-PY-02). The records themselves are kept elsewhere. Thread: the caller's.
#pragma once

#include <string_view>

#include "control/permissions/permission_desk.hpp"

namespace stirline::control {

// `payload`: of a `records` message; what is behind a record that is broken is not looked at. Callers who are not
// authenticated are counted and told to nobody: anybody could take their names (SPIT-FW-02).
void take_challenges(std::string_view payload, PermissionDesk& desk);

}  // namespace stirline::control
