// Deposits of callers on a poll core: what is offered to them, and whether they bring a receipt (SPIT-PY-01).
//
// A receipt is good for one call. Only good ones are remembered, so filling the memory costs a deposit each; a receipt
// that comes to another poll core is not known there. Terms are those of the rules in use.
//
// Thread: one poll core. Memory is taken at start.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "crypto_workers/payment/payment_receipt.hpp"
#include "dataplane/poll/replay_watch.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

class PaymentDesk {
 public:
  // `key`: the one that origids are made with; `seed` is random.
  PaymentDesk(std::span<const std::uint8_t, crypto::CallMac::kKeyBytes> key, int socket, std::uint32_t seed);

  // What makes an offer the same again for copies of its request: the minute it is of.
  [[nodiscard]] static std::uint16_t detail_at(std::int64_t now);

  // The line of a 402 that was decided upon with this `detail`, at most an hour ago; empty if nothing is offered any
  // more, or the library fails.
  [[nodiscard]] std::string_view offer_line(const sip::Message& request, std::string_view octets,
                                            const crypto::PaymentTerms& terms, std::uint16_t detail, std::int64_t now,
                                            std::span<char, crypto::kOfferLineBytes> line);

  // Whether the request, which has a Payment-Receipt, has been paid for.
  [[nodiscard]] bool is_paid(const sip::Message& request, std::string_view octets, const crypto::PaymentTerms& terms,
                             std::int64_t now, std::uint64_t now_cycles);

 private:
  crypto::PaymentOffers offers_;
  crypto::ReceiptReader reader_;
  ReplayWatch spent_;
};

}  // namespace stirline::dataplane
