// The section [metrics] of stirline-control's configuration: where monitoring reads the metrics page. Explained in
// config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/ip_prefix.hpp"

namespace stirline::config {

class Section;

struct MetricsConfig {
  std::string listen;              // "127.0.0.1:9464"; empty: nothing is served
  std::uint32_t connections = 16;  // at a time
  std::uint32_t limit_ms = 5'000;  // for one connection, from the first octet to the last
  friend bool operator==(const MetricsConfig&, const MetricsConfig&) = default;
};

// Where a TCP server listens.
struct ListenPlace {
  IpAddress address;
  std::uint16_t port = 0;  // 0: any that is free
  friend bool operator==(const ListenPlace&, const ListenPlace&) = default;
};

// "127.0.0.1:9464", "[::1]:9464". The address is never left out: who listens beyond this machine has written so.
[[nodiscard]] std::optional<ListenPlace> parse_listen_place(std::string_view text);

// Of this machine alone.
[[nodiscard]] bool is_loopback(const IpAddress& address);

void read_metrics(Section& section, MetricsConfig& config);

}  // namespace stirline::config
