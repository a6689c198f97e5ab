// Something else that the server of users' documents serves behind the same sign-in: its own targets, its own methods.
//
// Called on the server's thread, after who asks has been authenticated.
#pragma once

#include <string>
#include <string_view>

#include "control/xcap/xcap_operations.hpp"

namespace stirline::control {

// Views into the request, for the time of the call.
struct SideRequest {
  std::string_view method;
  std::string_view target;
  std::string_view body;
};

class SideService {
 public:
  virtual ~SideService() = default;
  // Is this target one of its own?
  [[nodiscard]] virtual bool serves(std::string_view target) const = 0;
  // `user`: the XUI of who asks. Whether he may is the service's business.
  [[nodiscard]] virtual XcapAnswer answer(const SideRequest& request, const std::string& user) = 0;
};

}  // namespace stirline::control
