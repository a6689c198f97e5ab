#include "config/policy/payment_settings.hpp"

#include <algorithm>

#include "config/text_rules.hpp"

namespace stirline::config::policy {
namespace {

template <typename T, std::size_t N>
bool is_zero_behind(const std::array<T, N>& octets, std::size_t length) {
  return length <= N && std::all_of(octets.begin() + static_cast<std::ptrdiff_t>(length), octets.end(),
                                    [](T octet) { return octet == T{}; });
}

}  // namespace

crypto::PaymentTerms terms_of(const PaymentSettings& settings) {
  return {.amount = settings.amount,
          .currency = {settings.currency.data(), settings.currency_length},
          .provider = {settings.provider.data(), settings.provider_length},
          .receipt_key = std::span(settings.key).first(settings.key_length),
          .minutes = settings.minutes};
}

bool is_currency(std::string_view text) {
  return !text.empty() && text.size() <= crypto::kMaxCurrencyBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

bool is_provider(std::string_view text) {
  return text.size() <= crypto::kMaxProviderBytes && is_https_url(text) && text.find('\\') == std::string_view::npos;
}

std::string_view mistake_in(const PaymentSettings& settings) {
  if (settings.amount == 0) {
    return settings == PaymentSettings() ? "" : "without an amount";
  }
  if (!is_zero_behind(settings.currency, settings.currency_length) ||
      !is_zero_behind(settings.provider, settings.provider_length) ||
      !is_zero_behind(settings.key, settings.key_length)) {
    return "octets behind a text";
  }
  if (settings.minutes == 0 || settings.minutes > crypto::kMaxPaymentMinutes) {
    return "minutes";
  }
  if (settings.key_length < crypto::kMinReceiptKeyBytes) {
    return "key";
  }
  const crypto::PaymentTerms terms = terms_of(settings);
  return !is_currency(terms.currency) ? "currency" : !is_provider(terms.provider) ? "provider" : "";
}

}  // namespace stirline::config::policy
