// The section [xcap] of stirline-control's configuration: rules and lists of users, kept over XCAP (RFC 4825; SPIT-XC).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stirline::config {

class Section;

struct XcapConfig {
  std::string listen;                       // an address; empty: nothing is served
  std::uint16_t port = 8'444;               // 0: any that is free
  std::filesystem::path certificate;        // PEM, of the web server, with its chain
  std::filesystem::path key;                // PEM, not encrypted
  std::filesystem::path users;              // written by `stirline xcap user`
  std::filesystem::path database;           // of documents
  std::string root = "/";                   // of the documents' paths
  std::vector<std::string> administrators;  // XUIs that read and write every user's tree
  std::filesystem::path permissions;        // database of who may reach whom; empty: nobody keeps it
  std::vector<std::string> testers;         // XUIs that report results of tests whether a person calls
  std::uint32_t connections = 128;          // at a time
  std::uint32_t limit_ms = 10'000;          // for the handshake, and for each request with the pause before it
  friend bool operator==(const XcapConfig&, const XcapConfig&) = default;
};

void read_xcap(Section& section, XcapConfig& config);

}  // namespace stirline::config
