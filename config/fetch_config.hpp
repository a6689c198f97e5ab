// The section [fetch] of stirline-control's configuration: how certificate chains are fetched and kept (STIR-CF-01 to
// STIR-CF-04). Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "config/ip_prefix.hpp"

namespace stirline::config {

class Section;

struct FetchConfig {
  bool enabled = true;
  std::filesystem::path store;       // empty: in memory
  std::uint32_t entries = 10'000;    // chains that are kept
  std::uint32_t mebibytes = 64;      // of their PEM texts
  std::filesystem::path ca_file;     // vouches for servers; empty: the system's list
  std::uint32_t connect_ms = 1'000;  // name, TCP and TLS together
  std::uint32_t total_ms = 2'000;
  std::uint32_t in_flight = 64;
  std::uint32_t in_flight_per_host = 4;
  std::uint32_t per_second = 100;
  std::uint32_t per_second_per_host = 10;
  std::uint32_t queue = 1'024;
  std::uint32_t queue_per_host = 64;
  bool accept_der = false;
  std::uint32_t list_mebibytes = 8;  // of one revocation list
  std::uint32_t list_ms = 30'000;    // for all of its fetch
  std::vector<std::uint16_t> lab_ports;
  std::vector<IpPrefix> lab_prefixes;
  friend bool operator==(const FetchConfig&, const FetchConfig&) = default;
};

void read_fetch(Section& section, FetchConfig& config);

}  // namespace stirline::config
