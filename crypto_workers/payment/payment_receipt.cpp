#include "crypto_workers/payment/payment_receipt.hpp"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>

#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/json_members.hpp"

namespace stirline::crypto {
namespace {

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header and payload
};

std::optional<Parts> split(std::string_view value) {
  const std::size_t first = value.find('.');
  const std::size_t second = first == std::string_view::npos ? first : value.find('.', first + 1);
  if (value.size() > kMaxReceiptBytes || second == std::string_view::npos ||
      value.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return Parts{.header = value.substr(0, first),
               .payload = value.substr(first + 1, second - first - 1),
               .signature = value.substr(second + 1),
               .signed_text = value.substr(0, second)};
}

ReceiptResult check_mac(const Parts& parts, HmacSha256& hmac) {
  HmacSha256::Octets told{};
  if (base64url_decode(parts.signature, told) != told.size()) {
    return ReceiptResult::malformed;
  }
  const auto made = hmac.make([&](MacInput& input) { return input.add_octets(parts.signed_text); });
  if (!made) {
    return ReceiptResult::library;
  }
  return CRYPTO_memcmp(made->data(), told.data(), told.size()) == 0 ? ReceiptResult::paid : ReceiptResult::forged;
}

std::optional<simdjson::dom::object> read_part(JsonReader& json, std::string_view text) {
  const auto length = base64url_decode(text, json.buffer());
  if (!length) {
    return std::nullopt;
  }
  const auto object = json.read(*length);
  return object ? std::optional(*object) : std::nullopt;
}

// RFC 8725 3.1, 3.11: the one algorithm, and a type of its own, so that no other token of the provider is a receipt.
bool is_receipt_header(const simdjson::dom::object& header) {
  return member<std::string_view>(header, "alg") == "HS256" &&
         member<std::string_view>(header, "typ") == "payment-receipt" && !has(header, "crit");
}

}  // namespace

ReceiptReader::ReceiptReader() : hmac_(key_.span()), json_(kMaxReceiptBytes) {}

// The terms of a reload may have another one.
bool ReceiptReader::use(std::span<const std::uint8_t> key) {
  if (key.empty() || key.size() > key_.size()) {
    return false;
  }
  if (std::ranges::equal(key, key_.span().first(key_length_))) {
    return true;
  }
  key_length_ = 0;
  if (!hmac_.use(key)) {
    return false;
  }
  std::ranges::copy(key, key_.data());
  key_length_ = key.size();
  return true;
}

Receipt ReceiptReader::read(std::string_view value, const PaidCall& call, const PaymentTerms& terms, std::int64_t now,
                            PaymentOffers& offers) {
  const auto parts = split(value);
  if (!parts) {
    return {};
  }
  if (!use(terms.receipt_key)) {
    return {.result = ReceiptResult::library};
  }
  if (const ReceiptResult mac = check_mac(*parts, hmac_); mac != ReceiptResult::paid) {
    return {.result = mac};
  }
  if (const auto header = read_part(json_, parts->header); !header || !is_receipt_header(*header)) {
    return {};
  }
  const auto payload = read_part(json_, parts->payload);
  if (!payload) {
    return {};
  }
  const auto offer = member<std::string_view>(*payload, "offer");
  const auto iat = member<std::int64_t>(*payload, "iat");
  const auto exp = member<std::int64_t>(*payload, "exp");
  if (!offer || !iat || !exp) {
    return {};
  }
  if (member<std::string_view>(*payload, "iss") != terms.provider ||
      member<std::string_view>(*payload, "cur") != terms.currency ||
      member<std::int64_t>(*payload, "amount") != std::int64_t{terms.amount}) {
    return {.result = ReceiptResult::other};
  }
  if (now >= *exp || *iat > now + kReceiptFutureSeconds) {
    return {.result = ReceiptResult::expired};
  }
  const auto minute = static_cast<std::uint32_t>(now / PaymentOffers::kMinute);
  switch (offers.check(*offer, call, terms, minute)) {
    case PaymentOffers::Check::foreign:
      return {.result = ReceiptResult::other};
    case PaymentOffers::Check::expired:
      return {.result = ReceiptResult::expired};
    case PaymentOffers::Check::library:
      return {.result = ReceiptResult::library};
    case PaymentOffers::Check::ours:
      break;
  }
  Receipt receipt{.result = ReceiptResult::paid, .good_until = std::min(*exp, offer_ends(terms, minute))};
  std::ranges::copy(*offer, receipt.offer.begin());
  return receipt;
}

}  // namespace stirline::crypto
