// One request over HTTP, answered: who asks, what for, may they, what comes of it. No sockets: the server moves octets.
// One thread; the tallies are read by any.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/xcap/side_service.hpp"
#include "control/xcap/xcap_authorisation.hpp"
#include "control/xcap/xcap_operations.hpp"
#include "control/xcap/xcap_tallies.hpp"
#include "control/xcap/xcap_users.hpp"

namespace stirline::control {

// Views into the request, for the time of the call. Fields that are absent are empty.
struct XcapHttpRequest {
  std::string_view method;
  std::string_view target;
  std::string_view authorization;
  std::string_view content_type;
  std::optional<std::string> if_match;
  std::optional<std::string> if_none_match;
  std::string_view body;
};

struct XcapHttpAnswer {
  XcapAnswer resource;
  std::vector<std::string> challenges;  // fields WWW-Authenticate, with 401
};

class XcapService {
 public:
  struct Options {
    std::string root = "/";
    std::vector<std::string> administrators;  // XUIs
    SideService* side = nullptr;              // outlives it; null: there is none
  };

  // The operations outlive it.
  XcapService(Options options, XcapOperations& operations, UserFile users, XcapAuthenticator authenticator)
      : options_(std::move(options)),
        operations_(operations),
        users_(std::move(users)),
        authenticator_(std::move(authenticator)) {}

  [[nodiscard]] XcapHttpAnswer answer(const XcapHttpRequest& request, NonceUse& use);
  [[nodiscard]] const XcapTallies& tallies() const { return tallies_; }

 private:
  [[nodiscard]] XcapHttpAnswer judge(const XcapHttpRequest& request, NonceUse& use);

  Options options_;
  XcapOperations& operations_;
  UserFile users_;
  XcapAuthenticator authenticator_;
  XcapTallies tallies_;
};

}  // namespace stirline::control
