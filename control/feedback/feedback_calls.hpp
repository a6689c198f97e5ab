// What the data plane's records say of calls that reached their called users: about these, and no others, they can say
// something (SPIT-MK-03). The records themselves are kept elsewhere. Thread: the caller's.
#pragma once

#include <string_view>

#include "control/feedback/feedback_desk.hpp"

namespace stirline::control {

// `payload`: of a `records` message; what is behind a record that is broken is not looked at.
void note_calls(std::string_view payload, FeedbackDesk& desk);

}  // namespace stirline::control
