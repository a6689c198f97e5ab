// Something else that the server of users' documents serves behind the same sign-in: its own targets, its own methods.
//
// Called on the server's thread, after who asks has been authenticated.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// Several, each with targets of its own.
class SideServices : public SideService {
 public:
  void add(std::unique_ptr<SideService> service) { services_.push_back(std::move(service)); }

  [[nodiscard]] bool serves(std::string_view target) const override { return serving(target) != nullptr; }
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override {
    SideService* const service = serving(request.target);
    return service == nullptr ? XcapAnswer{.status = 404} : service->answer(request, user);
  }

 private:
  [[nodiscard]] SideService* serving(std::string_view target) const {
    for (const std::unique_ptr<SideService>& each : services_) {
      if (each->serves(target)) {
        return each.get();
      }
    }
    return nullptr;
  }

  std::vector<std::unique_ptr<SideService>> services_;
};

}  // namespace stirline::control
