// Permissions over HTTPS, on the server of users' documents: the called user reads and settles what strangers ask, and
// a test whether a person calls reports its results (SPIT-CO-01, SPIT-CO-07, SPIT-PY-02).
//
// Who asks has been authenticated by that server. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/permissions/permission_desk.hpp"
#include "control/permissions/permission_requests.hpp"
#include "control/xcap/side_service.hpp"

namespace stirline::control {

class PermissionPages : public SideService {
 public:
  struct Options {
    std::string root = "/";
    std::vector<std::string> administrators = {};  // XUIs who may do what any user may
    std::vector<std::string> testers = {};         // XUIs who report results of tests
  };
  // `desk` outlives it.
  PermissionPages(Options options, PermissionDesk& desk) : options_(std::move(options)), desk_(desk) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  [[nodiscard]] XcapAnswer list(const std::string& called) const;
  [[nodiscard]] XcapAnswer settle(const std::string& called, const std::string& caller, std::string_view body,
                                  const std::string& user);
  [[nodiscard]] XcapAnswer revoke(const std::string& called, const std::string& caller);
  [[nodiscard]] XcapAnswer take_test(std::string_view body, const std::string& user);

  Options options_;
  PermissionDesk& desk_;
};

// Of one called user, as JSON: {"permissions": [{"caller", "kind", "state", "verdict", "origin", "asked", "until"}]}.
[[nodiscard]] std::string permissions_json(const std::vector<Permission>& permissions);

}  // namespace stirline::control
