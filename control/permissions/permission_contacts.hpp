// Settled permissions as rules know them: a caller with the result of his challenge (SPIT-CO-01, SPIT-PY-02,
// SPIT-PL-05). Beside other contacts of the same users.
#pragma once

#include <memory>

#include "control/permissions/permission_desk.hpp"
#include "control/policy/contact_source.hpp"

namespace stirline::control {

// `others`: may be null. `desk` outlives it.
[[nodiscard]] std::unique_ptr<policy::ContactSource> contacts_with_permissions(
    const PermissionDesk& desk, std::unique_ptr<policy::ContactSource> others);

}  // namespace stirline::control
