#include "crypto_workers/payment/payment_offer.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/crypto.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kMinuteBytes = 4;
constexpr std::size_t kOfferMacBytes = 20;
using IdOctets = std::array<std::uint8_t, kMinuteBytes + kOfferMacBytes>;
static_assert(base64url_encoded_size(IdOctets().size()) == kOfferIdBytes);

std::uint32_t minute_of(const IdOctets& octets) {
  std::uint32_t minute = 0;
  for (std::size_t i = 0; i < kMinuteBytes; ++i) {
    minute = minute << 8 | octets[i];
  }
  return minute;
}

}  // namespace

PaymentOffers::PaymentOffers(std::span<const std::uint8_t, CallMac::kKeyBytes> key)
    : mac_(key, "stirline offers of payment") {}

std::optional<OfferId> PaymentOffers::make(const PaidCall& call, const PaymentTerms& terms, std::uint32_t minute) {
  std::array<char, 10> amount{};
  const char* const end = std::to_chars(amount.data(), amount.data() + amount.size(), terms.amount).ptr;
  const auto mac =
      mac_.of({call.from, call.to, terms.provider, terms.currency, std::string_view(amount.data(), end)}, minute);
  if (!mac) {
    return std::nullopt;
  }
  IdOctets octets{};
  for (std::size_t i = 0; i < kMinuteBytes; ++i) {
    octets[i] = static_cast<std::uint8_t>(minute >> (8 * (kMinuteBytes - 1 - i)));
  }
  std::copy_n(mac->begin(), kOfferMacBytes, octets.begin() + kMinuteBytes);
  OfferId id{};
  static_cast<void>(base64url_encode(octets, id));
  return id;
}

PaymentOffers::Check PaymentOffers::check(std::string_view id, const PaidCall& call, const PaymentTerms& terms,
                                          std::uint32_t minute) {
  IdOctets octets{};
  if (id.size() != kOfferIdBytes || base64url_decode(id, octets) != octets.size()) {
    return Check::foreign;
  }
  const std::uint32_t made = minute_of(octets);
  const auto expected = make(call, terms, made);
  if (!expected) {
    return Check::library;
  }
  if (CRYPTO_memcmp(expected->data(), id.data(), id.size()) != 0) {
    return Check::foreign;
  }
  return made <= minute && minute - made <= terms.minutes ? Check::ours : Check::expired;
}

std::int64_t offer_ends(const PaymentTerms& terms, std::uint32_t minute) {
  return (std::int64_t{minute} + terms.minutes + 1) * PaymentOffers::kMinute;
}

std::string_view write_offer(const OfferId& id, const PaymentTerms& terms, std::uint32_t minute,
                             std::span<char, kOfferLineBytes> line) {
  TextWriter out(line);
  out.add("Payment-Offer: id=");
  out.add({id.data(), id.size()});
  out.add(";amount=");
  out.add(terms.amount);
  out.add(";cur=");
  out.add(terms.currency);
  out.add(";provider=\"");
  out.add(terms.provider);
  out.add("\";exp=");
  out.add(offer_ends(terms, minute));
  out.add("\r\n");
  return out.overflow() ? std::string_view() : out.view();
}

}  // namespace stirline::crypto
