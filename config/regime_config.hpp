// A trust regime: whose certificates are believed, and what is asked of them. [trust] is the regime of trunks that name
// none; [[regime]] are others beside it (STIR-CE-10).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto_workers/certificate/trust_rules.hpp"

namespace stirline::config {

class Section;

inline constexpr const char* kDefaultRegimeName = "default";

// Which namespaces of Resource-Priority a service provider may sign (STIR-RP-02).
struct PriorityConfig {
  std::string spc;
  std::vector<std::string> namespaces;  // lower case
};

struct RegimeConfig {
  std::string name = kDefaultRegimeName;
  std::vector<std::filesystem::path> anchors;  // PEM files
  std::vector<std::filesystem::path> crls;     // PEM files, CRLs and the certificates that sign indirect ones
  std::vector<std::string> crl_urls;           // revocation lists that are fetched
  std::vector<std::string> crl_hosts;          // lower case: certificates may name lists there, to be fetched too
  crypto::TrustRules rules;
  std::vector<PriorityConfig> priorities;
  std::uint32_t line = 0;  // for errors found after loading
};

// Reads all options of a regime but its name; true if `anchors` is there and good. Internal to config.
bool read_regime_options(Section& section, RegimeConfig& regime);

}  // namespace stirline::config
