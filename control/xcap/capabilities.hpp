// The document xcap-caps/global/index: what this server knows (RFC 4825 12; SPIT-XC-01), and which modules of rules the
// engine has (SPIT-FW-03). Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace stirline::control {

class Capabilities {
 public:
  struct Page {
    std::string body;
    std::string etag;  // of the content: another one as soon as a module is announced, the same after a restart
  };

  Capabilities() { announce({}); }

  // The namespaces of modules that rules may use from now on, in place of those announced before.
  void announce(std::vector<std::string> modules);

  [[nodiscard]] std::shared_ptr<const Page> page() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Page> page_;
};

}  // namespace stirline::control
