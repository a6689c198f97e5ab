// What the data plane's records say of calls that called users want to be told of (SPIT-PL-03). The records themselves
// are kept elsewhere. Thread: the caller's.
#pragma once

#include <string_view>

#include "control/notices/notice_desk.hpp"

namespace stirline::control {

// `payload`: of a `records` message; what is behind a record that is broken is not looked at.
void take_notices(std::string_view payload, NoticeDesk& desk);

}  // namespace stirline::control
