// Contacts over HTTPS, on the server of users' documents: a called user reads whom his own calls have made a contact,
// and takes that back (SPIT-FW-04, SPIT-FW-07, SPIT-FW-10), or says whom a web site has announced to him (SPIT-FW-12).
// Targets and bodies: contact_requests.hpp.
//
// Who asks has been authenticated by that server, and sees his own alone. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

  static constexpr std::string_view kCorrespondence = "correspondence";  // the origin of those announced

  struct Options {
    std::string root = "/";               // of the server, "/" or a path with '/' at both ends
    std::int64_t most_contacts = 10'000;  // of one user: beyond that nobody who is announced becomes one
    std::function<std::int64_t()> now = {};
  };

  // The store is nobody else's, its file may be.
  ContactPages(Options options, std::unique_ptr<policy::ListStore> store)
      : options_(std::move(options)), store_(std::move(store)) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  [[nodiscard]] XcapAnswer list(const std::string& owner) const;
  [[nodiscard]] XcapAnswer take(std::string_view body, const std::string& owner);
  [[nodiscard]] XcapAnswer remove(const policy::ListFilter& filter);

  Options options_;
  std::mutex mutex_;
  std::unique_ptr<policy::ListStore> store_;
};

}  // namespace stirline::control
