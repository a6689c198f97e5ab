// Offers to pay a deposit for being let through, and whether an offer is one of ours (SPIT-PY-01, SPIT-CL-08).
//
//   Payment-Offer: id=<32 characters>;amount=5;cur=USD-cent;provider="https://pay.example.com/";exp=1790000000
//
// id = base64url(minute | first 20 octets of HMAC-SHA-256(key, From URI | To URI | provider | currency | amount,
// minute)). Nothing is kept: whoever pays calls the same user again, and the offer is made again from that request
// (SPIT-MK-05). The Call-ID may be another one, since people hang up to pay.
//
// One per thread; no heap of our own per offer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/call_mac.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxProviderBytes = 128;   // an https URL
inline constexpr std::size_t kMaxCurrencyBytes = 16;    // "USD-cent"
inline constexpr std::size_t kMinReceiptKeyBytes = 32;  // RFC 7518 3.2: as long as the hash
inline constexpr std::size_t kMaxReceiptKeyBytes = 64;
inline constexpr std::size_t kMaxPaymentMinutes = 60;

// What is asked for, and who takes it. Views of whoever keeps them.
struct PaymentTerms {
  std::uint32_t amount = 0;  // in units of `currency`; 0: nothing is offered
  std::string_view currency;
  std::string_view provider;
  std::span<const std::uint8_t> receipt_key;  // shared with the provider
  std::uint32_t minutes = 0;                  // that an offer is good for behind the one it is made in
};

// Whose call it is about. URIs as they stand there.
struct PaidCall {
  std::string_view from;
  std::string_view to;
};

inline constexpr std::size_t kOfferIdBytes = 32;  // characters
using OfferId = std::array<char, kOfferIdBytes>;
inline constexpr std::size_t kOfferLineBytes = 320;

class PaymentOffers {
 public:
  static constexpr std::int64_t kMinute = 60;  // seconds

  // `key`: the one that origids are made with. Throws std::runtime_error if OpenSSL has no HMAC.
  explicit PaymentOffers(std::span<const std::uint8_t, CallMac::kKeyBytes> key);

  // `minute`: seconds since 1970 by kMinute. Nothing if the library fails.
  [[nodiscard]] std::optional<OfferId> make(const PaidCall& call, const PaymentTerms& terms, std::uint32_t minute);

  enum class Check : std::uint8_t { ours, foreign, expired, library };
  // Whether an offer of this id was made for that call, and is good in this minute.
  [[nodiscard]] Check check(std::string_view id, const PaidCall& call, const PaymentTerms& terms, std::uint32_t minute);

 private:
  CallMac mac_;
};

// Until when an offer of that minute is good: seconds since 1970, that one no more.
[[nodiscard]] std::int64_t offer_ends(const PaymentTerms& terms, std::uint32_t minute);

// The whole line with CRLF, written to `line`; empty if it does not fit, which good terms do.
[[nodiscard]] std::string_view write_offer(const OfferId& id, const PaymentTerms& terms, std::uint32_t minute,
                                           std::span<char, kOfferLineBytes> line);

}  // namespace stirline::crypto
