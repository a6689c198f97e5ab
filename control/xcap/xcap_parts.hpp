// All that serves documents of users, in the order in which it is made; the server ends first.
//
// Who has a part in it joins before the server starts: checks of meaning (UsageChecker::add), whoever is told of
// changes (DocumentStore::on_change). Modules of rules are announced at any time (Capabilities::announce).
#pragma once

#include <memory>

#include "control/xcap/application_usage.hpp"
#include "control/xcap/capabilities.hpp"
#include "control/xcap/document_store.hpp"
#include "control/xcap/side_service.hpp"
#include "control/xcap/xcap_server.hpp"

namespace stirline::control {

struct XcapParts {
  std::shared_ptr<DocumentStore> store;  // shared with the keeper of compiled rules
  UsageChecker checker;
  Capabilities capabilities;
  SideServices sides;  // what else is served
  std::unique_ptr<XcapServer> server;
};

}  // namespace stirline::control
