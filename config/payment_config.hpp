// The section [payment] of stirline-control's configuration: who takes the deposits of callers, and how much
// (SPIT-PY-01). Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace stirline::config {

class Section;

struct PaymentConfig {
  std::string provider;       // an https URL; empty: nobody is asked to pay
  std::filesystem::path key;  // file of 32 to 64 octets, shared with the provider
  std::uint32_t amount = 5;   // in units of `currency`
  std::string currency = "USD-cent";
  std::uint32_t minutes = 15;  // that an offer is good for
};

void read_payment(Section& section, PaymentConfig& config);

}  // namespace stirline::config
