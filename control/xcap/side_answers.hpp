// What side services of the server of users' documents answer with. Any thread.
#pragma once

#include <string>

#include "control/xcap/xcap_operations.hpp"

namespace stirline::control {

// A status and nothing else.
[[nodiscard]] XcapAnswer bare_status(unsigned status);
// A body of JSON.
[[nodiscard]] XcapAnswer json_page(unsigned status, std::string body);
// {"error": text}, for whoever asks.
[[nodiscard]] XcapAnswer mistake_page(unsigned status, const std::string& text);
// The store does not serve: 503. That goes to the log, under the name of the service, not to strangers.
[[nodiscard]] XcapAnswer broken_store(const char* service, const std::string& error);

}  // namespace stirline::control
