#include "dataplane/poll/payment_desk.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::uint32_t kReceipts = 65'536;  // remembered at a time

crypto::PaidCall paid_call(const sip::Message& request, std::string_view octets) {
  return {.from = sip::text(octets, request.from().uri.whole), .to = sip::text(octets, request.to().uri.whole)};
}

std::uint32_t minute_of(std::int64_t now) {
  return static_cast<std::uint32_t>(now / crypto::PaymentOffers::kMinute);
}

}  // namespace

PaymentDesk::PaymentDesk(std::span<const std::uint8_t, crypto::CallMac::kKeyBytes> key, int socket, std::uint32_t seed)
    : offers_(key), spent_(kReceipts, socket, seed) {}

std::uint16_t PaymentDesk::detail_at(std::int64_t now) {
  return static_cast<std::uint16_t>(minute_of(now));
}

std::string_view PaymentDesk::offer_line(const sip::Message& request, std::string_view octets,
                                         const crypto::PaymentTerms& terms, std::uint16_t detail, std::int64_t now,
                                         std::span<char, crypto::kOfferLineBytes> line) {
  const std::uint32_t minute = minute_of(now) - static_cast<std::uint16_t>(minute_of(now) - detail);
  const auto id = terms.amount == 0 ? std::nullopt : offers_.make(paid_call(request, octets), terms, minute);
  return id ? crypto::write_offer(*id, terms, minute, line) : std::string_view();
}

bool PaymentDesk::is_paid(const sip::Message& request, std::string_view octets, const crypto::PaymentTerms& terms,
                          std::int64_t now, std::uint64_t now_cycles) {
  const sip::HeaderLine* const field = request.first(sip::HeaderId::payment_receipt);
  if (field == nullptr || request.count(sip::HeaderId::payment_receipt) != 1 || terms.amount == 0) {
    return false;
  }
  const crypto::Receipt receipt =
      reader_.read(sip::text(octets, field->value()), paid_call(request, octets), terms, now, offers_);
  return receipt.result == crypto::ReceiptResult::paid &&
         spent_.see({.token = {receipt.offer.data(), receipt.offer.size()},
                     .call_id = sip::text(octets, request.call_id()),
                     .from_tag = sip::text(octets, request.top_via().branch),  // copies have the same
                     .now = now,
                     .fresh_until = receipt.good_until,
                     .now_cycles = now_cycles}) != ReplayWatch::Seen::replayed;
}

}  // namespace stirline::dataplane
