// Contacts over HTTPS, on the server of users' documents: a called user reads whom his own calls have made a contact,
// and takes that back (SPIT-FW-04, SPIT-FW-07, SPIT-FW-10).
//
//   GET, DELETE     .../contacts/users/XUI
//   DELETE          .../contacts/users/XUI/CONTACT
//
// Who asks has been authenticated by that server, and sees his own alone. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "control/policy/list_store.hpp"
#include "control/xcap/side_service.hpp"

namespace stirline::control {

class ContactPages : public SideService {
 public:
  static constexpr std::size_t kMostShown = 100'000;  // contacts; beyond that the answer says that it is not complete

  // `root`: of the server, "/" or a path with '/' at both ends. The store is nobody else's, its file may be.
  ContactPages(std::string root, std::unique_ptr<policy::ListStore> store)
      : root_(std::move(root)), store_(std::move(store)) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  [[nodiscard]] XcapAnswer list(const std::string& owner) const;
  [[nodiscard]] XcapAnswer remove(const policy::ListFilter& filter);

  std::string root_;
  std::mutex mutex_;
  std::unique_ptr<policy::ListStore> store_;
};

}  // namespace stirline::control
