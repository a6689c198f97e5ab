// XCAP over HTTPS: TLS 1.2 or later, HTTP/1.1, connections that stay (SPIT-XC-01, -03, -08).
//
// On a thread of its own: documents are parsed, checked and written to the disk there, and never delay the loop.
// Bounded in connections, in the octets of header and body, in the time of a request, in requests and refused sign-ins
// of a connection. At most 256 KiB of a stranger's body are held for each connection.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "config/xcap_config.hpp"
#include "control/http/http_counters.hpp"

namespace stirline::control {

class Capabilities;
class DocumentStore;
class SideService;
class UsageChecker;
struct XcapTallies;

class XcapServer {
 public:
  static constexpr std::size_t kMaxRequests = 1'000;    // on one connection
  static constexpr std::size_t kMaxRefusedSignIns = 8;  // likewise: 401 with credentials

  // What it works on; all outlive it.
  struct Parts {
    DocumentStore& store;
    const UsageChecker& checker;
    const Capabilities& capabilities;
    std::function<std::int64_t()> now;  // seconds since 1970; any thread
    SideService* side = nullptr;        // what else is served; null: nothing
  };

  // Reads certificate, key and users, listens, starts the thread. The error is a sentence. Port 0: any that is free.
  [[nodiscard]] static std::expected<std::unique_ptr<XcapServer>, std::string> start(const config::XcapConfig& config,
                                                                                     const Parts& parts);
  virtual ~XcapServer() = default;  // ends the thread and every connection
  XcapServer(const XcapServer&) = delete;
  XcapServer& operator=(const XcapServer&) = delete;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual HttpCounters counters() const = 0;
  [[nodiscard]] virtual const XcapTallies& tallies() const = 0;

 protected:
  XcapServer() = default;
};

}  // namespace stirline::control
