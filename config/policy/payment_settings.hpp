// On which terms callers may pay to be let through (SPIT-PY-01), as they travel with the common rules.
//
// Plain data; the key in it is a secret.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto_workers/payment/payment_offer.hpp"

namespace stirline::config::policy {

struct PaymentSettings {
  std::uint32_t amount = 0;  // 0: nothing is offered, and all the rest is zero
  std::uint8_t minutes = 0;  // 1 to kMaxPaymentMinutes
  std::uint8_t currency_length = 0;
  std::uint8_t provider_length = 0;
  std::uint8_t key_length = 0;
  std::array<char, crypto::kMaxCurrencyBytes> currency{};  // zeros behind each
  std::array<char, crypto::kMaxProviderBytes> provider{};
  std::array<std::uint8_t, crypto::kMaxReceiptKeyBytes> key{};

  friend bool operator==(const PaymentSettings&, const PaymentSettings&) = default;
};

// Views of `settings`, which are good.
[[nodiscard]] crypto::PaymentTerms terms_of(const PaymentSettings& settings);

// 1 to 16 letters, digits, "-" and "."; an https URL of 1 to 128 octets that may stand between quotes.
[[nodiscard]] bool is_currency(std::string_view text);
[[nodiscard]] bool is_provider(std::string_view text);

// Can they be used? Empty, or what is wrong.
[[nodiscard]] std::string_view mistake_in(const PaymentSettings& settings);

}  // namespace stirline::config::policy
