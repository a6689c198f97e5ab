// The header field Payment-Receipt: what a provider of payments gives to whoever has paid (SPIT-PY-01; no RFC has it).
//
//   Payment-Receipt = "Payment-Receipt" HCOLON <JWS in compact form (RFC 7515 7.1)>
//   header  {"alg":"HS256","typ":"payment-receipt"}
//   payload {"iss":"<provider>","offer":"<id>","amount":5,"cur":"USD-cent","iat":1790000000,"exp":1790000900}
//
// HS256 (RFC 7518 3.2): operator and provider share the key by contract, a receipt is theirs alone to judge, and a
// packet core checks one in a few microseconds, so nobody can burden it with false ones. Its MAC is checked before
// anything of it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto_workers/hmac_sha256.hpp"
#include "crypto_workers/passport/json_object.hpp"
#include "crypto_workers/payment/payment_offer.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxReceiptBytes = 1'024;
inline constexpr std::int64_t kReceiptFutureSeconds = 60;  // that the provider's clock may be ahead

enum class ReceiptResult : std::uint8_t {
  paid,
  malformed,  // not a JWS of the form above
  forged,     // its MAC is not the provider's
  other,      // for another offer, amount, currency or provider
  expired,    // the receipt, or what it was paid for
  library,    // OpenSSL fails
};

struct Receipt {
  ReceiptResult result = ReceiptResult::malformed;
  OfferId offer{};              // paid: good for one call
  std::int64_t good_until = 0;  // paid: seconds since 1970
};

// One per thread; the memory of its parser and of its MAC is taken once.
class ReceiptReader {
 public:
  ReceiptReader();

  // `value`: of the header field. `now`: seconds since 1970.
  [[nodiscard]] Receipt read(std::string_view value, const PaidCall& call, const PaymentTerms& terms, std::int64_t now,
                             PaymentOffers& offers);

 private:
  [[nodiscard]] bool use(std::span<const std::uint8_t> key);

  SecretBytes<kMaxReceiptKeyBytes> key_;  // in use; zeros until there is one
  std::size_t key_length_ = 0;
  HmacSha256 hmac_;
  JsonReader json_;
};

}  // namespace stirline::crypto
