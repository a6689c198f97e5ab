// Serves our own chains over HTTPS (STIR-CF-07): GET and HEAD of the published paths, nothing else.
//
// On a thread of its own, because strangers talk to it: what they cost never delays the loop. Every connection is
// bounded in time and octets, and so is their number; there is one request on each. Asynchronous throughout; the
// content comes as an immutable map.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "config/repository_config.hpp"
#include "control/http/http_counters.hpp"
#include "control/repository/published_chains.hpp"

namespace stirline::control {

class RepositoryServer {
 public:
  // Reads certificate and key, listens, starts the thread. The error is a sentence. Port 0:
  // any that is free.
  [[nodiscard]] static std::expected<std::unique_ptr<RepositoryServer>, std::string> start(
      const config::RepositoryConfig& config);
  virtual ~RepositoryServer() = default;  // ends the thread and every connection
  RepositoryServer(const RepositoryServer&) = delete;
  RepositoryServer& operator=(const RepositoryServer&) = delete;

  // From now on for new requests. Any thread.
  virtual void publish(std::shared_ptr<const PublishedChains::Pages> pages) = 0;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual HttpCounters counters() const = 0;

 protected:
  RepositoryServer() = default;
};

}  // namespace stirline::control
