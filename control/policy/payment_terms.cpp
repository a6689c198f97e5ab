#include "control/policy/payment_terms.hpp"

#include <algorithm>

#include <openssl/crypto.h>

#include "control/read_file.hpp"

namespace stirline::control::policy {

std::expected<config::policy::PaymentSettings, config::ConfigErrors> read_payment_terms(
    const config::PaymentConfig& config, const std::string& config_file) {
  config::policy::PaymentSettings settings;
  if (config.provider.empty()) {
    return settings;
  }
  auto key = read_file(config.key, crypto::kMaxReceiptKeyBytes);
  if (!key || key->size() < crypto::kMinReceiptKeyBytes) {
    return std::unexpected(config::ConfigErrors{
        {config_file, 0, "payment.key", "a file of 32 to 64 octets",
         config.key.string() + ": " + (key ? std::to_string(key->size()) + " octets" : key.error())}});
  }
  settings.amount = config.amount;
  settings.minutes = static_cast<std::uint8_t>(config.minutes);
  settings.currency_length = static_cast<std::uint8_t>(config.currency.size());
  settings.provider_length = static_cast<std::uint8_t>(config.provider.size());
  settings.key_length = static_cast<std::uint8_t>(key->size());
  std::ranges::copy(config.currency, settings.currency.begin());
  std::ranges::copy(config.provider, settings.provider.begin());
  std::ranges::copy(*key, settings.key.begin());
  OPENSSL_cleanse(key->data(), key->size());
  return settings;
}

}  // namespace stirline::control::policy
