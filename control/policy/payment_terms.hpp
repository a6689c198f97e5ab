// What callers may pay to be let through, from the configuration and the key that is shared with the provider
// (SPIT-PY-01).
#pragma once

#include <expected>
#include <string>

#include "config/config_error.hpp"
#include "config/payment_config.hpp"
#include "config/policy/payment_settings.hpp"

namespace stirline::control::policy {

// Reads the key. `config_file` is where it is named. Without a provider: terms that offer nothing.
[[nodiscard]] std::expected<config::policy::PaymentSettings, config::ConfigErrors> read_payment_terms(
    const config::PaymentConfig& config, const std::string& config_file);

}  // namespace stirline::control::policy
