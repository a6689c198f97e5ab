// The section [repository] of stirline-control's configuration: our own chains, served over HTTPS (STIR-CF-07).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace stirline::config {

class Section;

struct RepositoryConfig {
  std::string listen;                 // an address; empty: nothing is served
  std::uint16_t port = 8'443;         // 0: any that is free
  std::filesystem::path certificate;  // PEM, of the web server, with its chain
  std::filesystem::path key;          // PEM, not encrypted
  std::uint32_t max_age = 86'400;     // seconds, in Cache-Control
  std::uint32_t connections = 256;    // at a time
  std::uint32_t limit_ms = 5'000;     // for one connection, from the first octet to the last
  friend bool operator==(const RepositoryConfig&, const RepositoryConfig&) = default;
};

void read_repository(Section& section, RepositoryConfig& config);

}  // namespace stirline::config
