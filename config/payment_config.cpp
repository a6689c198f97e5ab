#include "config/payment_config.hpp"

#include "config/policy/payment_settings.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

void read_payment(Section& section, PaymentConfig& config) {
  const bool given = section.text("provider", config.provider,
                                  {"an https URL of at most 128 octets, where callers pay", policy::is_provider});
  section.path("key", config.key, given ? Need::required : Need::optional);
  section.number<std::uint32_t>("amount", config.amount, 1, 1'000'000);
  section.text("currency", config.currency,
               {"1 to 16 letters, digits, - and ., such as \"USD-cent\"", policy::is_currency});
  section.number<std::uint32_t>("minutes", config.minutes, 1, crypto::kMaxPaymentMinutes);
}

}  // namespace stirline::config
