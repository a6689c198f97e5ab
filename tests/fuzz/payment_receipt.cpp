// Any octets as a Payment-Receipt, once as they come and once under the MAC of the provider, so that its parser is
// reached (SPIT-PY-01): nobody who was offered nothing has paid, whatever the provider signs.
#include "crypto_workers/payment/payment_receipt.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/payment_receipts.hpp"

namespace stirline::fuzz::payment_receipt {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::crypto;
  static constexpr std::array<std::uint8_t, 32> kReceiptKey{7};
  static PaymentOffers offers(std::array<std::uint8_t, CallMac::kKeyBytes>{1});
  static ReceiptReader reader;
  constexpr PaymentTerms kTerms{.amount = 5,
                                .currency = "USD-cent",
                                .provider = "https://pay.example/",
                                .receipt_key = kReceiptKey,
                                .minutes = 15};
  constexpr PaidCall kCall{"sip:a@b", "sip:c@d"};
  constexpr std::int64_t kNow = 1'790'000'000;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const ReceiptResult as_it_is = reader.read(octets, kCall, kTerms, kNow, offers).result;
  check(as_it_is == ReceiptResult::malformed || as_it_is == ReceiptResult::forged, "nobody guesses the MAC");
  const std::size_t cut = octets.find('\n');
  if (cut != std::string_view::npos) {  // header, payload
    const std::string value = stirline::test::receipt_of(octets.substr(0, cut), octets.substr(cut + 1), kReceiptKey);
    const ReceiptResult result = reader.read(value, kCall, kTerms, kNow, offers).result;
    check(result != ReceiptResult::paid && result != ReceiptResult::forged, "it is for no offer of ours");
  }
  return 0;
}

const Target kTarget("payment_receipt", run);

}  // namespace
}  // namespace stirline::fuzz::payment_receipt
