// Offers of payment and receipts for them (SPIT-PY-01, SPIT-MK-05).
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/payment/payment_receipt.hpp"
#include "tests/support/payment_receipts.hpp"

namespace stirline::crypto::payment_test {
namespace {

using stirline::test::kReceiptHeader;
using stirline::test::paid_payload;
using stirline::test::receipt_of;

constexpr std::array<std::uint8_t, CallMac::kKeyBytes> kKey{1, 2, 3};
constexpr std::array<std::uint8_t, 32> kReceiptKey{9, 8, 7};
constexpr std::int64_t kNow = 1'790'000'000;
constexpr auto kMinuteNow = static_cast<std::uint32_t>(kNow / PaymentOffers::kMinute);
constexpr PaidCall kCall{"sip:alice@a.example", "sip:bob@b.example"};
constexpr PaymentTerms kTerms{
    .amount = 5, .currency = "USD-cent", .provider = "https://pay.example/", .receipt_key = kReceiptKey, .minutes = 15};

class Payments : public testing::Test {
 protected:
  std::string offer(const PaidCall& call = kCall, const PaymentTerms& terms = kTerms,
                    std::uint32_t minute = kMinuteNow) {
    const auto id = offers_.make(call, terms, minute);
    std::array<char, kOfferLineBytes> line;
    return id ? std::string(write_offer(*id, terms, minute, line)) : "";
  }
  static std::string receipt(const std::string& payload, std::string_view header = kReceiptHeader) {
    return receipt_of(header, payload, kReceiptKey);
  }
  ReceiptResult result(const std::string& value, const PaidCall& call = kCall, const PaymentTerms& terms = kTerms,
                       std::int64_t now = kNow) {
    return reader_.read(value, call, terms, now, offers_).result;
  }

  PaymentOffers offers_{kKey};
  ReceiptReader reader_;
};

TEST_F(Payments, AnOfferSaysWhatIsWantedAndUntilWhen) {
  const std::string line = offer();
  const std::string id = test::offer_parameter(line, "id");
  EXPECT_EQ(id.size(), kOfferIdBytes);
  EXPECT_EQ(line, "Payment-Offer: id=" + id + ";amount=5;cur=USD-cent;provider=\"https://pay.example/\";exp=" +
                      std::to_string((kNow / 60 + 16) * 60) + "\r\n");
  EXPECT_EQ(offer(), line) << "nothing is kept: it is made again";
}

TEST_F(Payments, AnOfferIsForOneCallerOneCalledUserAndTheseTerms) {
  const std::string id = test::offer_parameter(offer(), "id");
  EXPECT_EQ(offers_.check(id, kCall, kTerms, kMinuteNow), PaymentOffers::Check::ours);
  PaymentTerms dearer = kTerms;
  dearer.amount = 50;
  PaymentTerms elsewhere = kTerms;
  elsewhere.provider = "https://pay.example/x";
  PaymentTerms euros = kTerms;
  euros.currency = "EUR-cent";
  for (const auto& [call, terms] :
       std::vector<std::pair<PaidCall, PaymentTerms>>{{{"sip:mallory@a.example", kCall.to}, kTerms},
                                                      {{kCall.from, "sip:carol@b.example"}, kTerms},
                                                      {{"sip:alice@a.examples", "ip:bob@b.example"}, kTerms},
                                                      {kCall, dearer},
                                                      {kCall, elsewhere},
                                                      {kCall, euros}}) {
    EXPECT_EQ(offers_.check(id, call, terms, kMinuteNow), PaymentOffers::Check::foreign);
    EXPECT_NE(test::offer_parameter(offer(call, terms), "id"), id);
  }
  PaymentOffers others(std::array<std::uint8_t, CallMac::kKeyBytes>{4});
  EXPECT_EQ(others.check(id, kCall, kTerms, kMinuteNow), PaymentOffers::Check::foreign);
}

TEST_F(Payments, AnOfferHasItsTime) {
  const std::string id = test::offer_parameter(offer(), "id");
  EXPECT_EQ(offers_.check(id, kCall, kTerms, kMinuteNow + 15), PaymentOffers::Check::ours);
  EXPECT_EQ(offers_.check(id, kCall, kTerms, kMinuteNow + 16), PaymentOffers::Check::expired);
  EXPECT_EQ(offers_.check(id, kCall, kTerms, kMinuteNow - 1), PaymentOffers::Check::expired) << "of tomorrow";
}

TEST_F(Payments, NoOtherIdIsOurs) {
  const std::string id = test::offer_parameter(offer(), "id");
  for (std::size_t at = 0; at < id.size(); ++at) {
    std::string changed = id;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(offers_.check(changed, kCall, kTerms, kMinuteNow), PaymentOffers::Check::foreign) << changed;
  }
  for (const std::string& wrong : {std::string(), id.substr(1), id + "A", std::string(32, '=')}) {
    EXPECT_EQ(offers_.check(wrong, kCall, kTerms, kMinuteNow), PaymentOffers::Check::foreign) << wrong;
  }
}

TEST_F(Payments, AReceiptForTheOfferIsTaken) {
  const std::string line = offer();
  const Receipt taken = reader_.read(receipt(paid_payload(line, kNow)), kCall, kTerms, kNow, offers_);
  EXPECT_EQ(taken.result, ReceiptResult::paid);
  EXPECT_EQ(std::string_view(taken.offer.data(), taken.offer.size()), test::offer_parameter(line, "id"));
  EXPECT_GT(taken.good_until, kNow);
  EXPECT_EQ(result(receipt(paid_payload(line, kNow), R"({"typ":"payment-receipt","kid":"1","alg":"HS256"})")),
            ReceiptResult::paid);
}

TEST_F(Payments, OneCharacterChangedIsNoReceipt) {
  const std::string good = receipt(paid_payload(offer(), kNow));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(result(changed), ReceiptResult::paid) << at;
  }
}

TEST_F(Payments, AReceiptOfAnybodyElseIsForged) {
  const std::string payload = paid_payload(offer(), kNow);
  EXPECT_EQ(result(receipt_of(kReceiptHeader, payload, std::array<std::uint8_t, 32>{1})), ReceiptResult::forged);
  const std::string good = receipt(payload);
  EXPECT_EQ(result(good.substr(0, good.rfind('.') + 1)), ReceiptResult::malformed) << "alg none";
}

TEST_F(Payments, OnlyHs256AndOnlyThisTypeOfToken) {  // RFC 8725 3.1, 3.11
  const std::string payload = paid_payload(offer(), kNow);
  for (const std::string_view header :
       {R"({"alg":"none","typ":"payment-receipt"})", R"({"alg":"ES256","typ":"payment-receipt"})", R"({"alg":"HS256"})",
        R"({"alg":"HS256","typ":"JWT"})", R"({"typ":"payment-receipt"})",
        R"({"alg":"HS256","typ":"payment-receipt","crit":["b64"],"b64":false})",
        R"({"alg":"HS256","alg":"HS256","typ":"payment-receipt"})", R"(["HS256"])", R"()"}) {
    EXPECT_EQ(result(receipt(payload, header)), ReceiptResult::malformed) << header;
  }
}

TEST_F(Payments, EveryClaimCounts) {
  const std::string good = paid_payload(offer(), kNow);
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    return receipt(text.replace(text.find(what), what.size(), by));
  };
  EXPECT_EQ(result(changed("https://pay.example/", "https://other.example/")), ReceiptResult::other);
  EXPECT_EQ(result(changed("USD-cent", "VND")), ReceiptResult::other);
  EXPECT_EQ(result(changed("\"amount\":5", "\"amount\":4")), ReceiptResult::other);
  EXPECT_EQ(result(changed("\"amount\":5", "\"amount\":5.0")), ReceiptResult::other);
  EXPECT_EQ(result(changed("\"amount\":5", "\"amount\":\"5\"")), ReceiptResult::other);
  EXPECT_EQ(result(changed("\"offer\":\"", "\"offer\":\"A")), ReceiptResult::other);
  EXPECT_EQ(result(changed("\"offer\"", "\"order\"")), ReceiptResult::malformed);
  EXPECT_EQ(result(changed("\"exp\"", "\"ext\"")), ReceiptResult::malformed);
  EXPECT_EQ(result(changed("\"iat\"", "\"iut\"")), ReceiptResult::malformed);
  EXPECT_EQ(result(changed("\"iat\":", "\"iat\":1,\"iat\":")), ReceiptResult::malformed) << "a name twice";
}

TEST_F(Payments, ReceiptsExpire) {
  const std::string line = offer();
  const std::string value = receipt(paid_payload(line, kNow));
  const std::int64_t end = std::stoll(test::offer_parameter(line, "exp"));
  EXPECT_EQ(result(value, kCall, kTerms, end - 1), ReceiptResult::paid);
  EXPECT_EQ(result(value, kCall, kTerms, end), ReceiptResult::expired);
  EXPECT_EQ(result(receipt(paid_payload(line, kNow + 61))), ReceiptResult::expired) << "paid in a minute";
  std::string longer = paid_payload(line, kNow);
  longer.replace(longer.find("\"exp\":") + 6, 10, "9999999999");
  EXPECT_EQ(result(receipt(longer), kCall, kTerms, end), ReceiptResult::expired) << "the offer ends all the same";
}

TEST_F(Payments, AReceiptIsForOneCallerAndOneCalledUser) {
  const std::string value = receipt(paid_payload(offer(), kNow));
  EXPECT_EQ(result(value, {"sip:mallory@a.example", kCall.to}), ReceiptResult::other);
  EXPECT_EQ(result(value, {kCall.from, "sip:carol@b.example"}), ReceiptResult::other);
}

TEST_F(Payments, WhatIsNoReceipt) {
  const std::string good = receipt(paid_payload(offer(), kNow));
  for (const std::string& wrong :
       {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".", good + ".A", good + " ",
        good + "=", std::string(2'000, 'A'), good.substr(0, good.find('.')), std::string(1'000, '.')}) {
    EXPECT_EQ(result(wrong), ReceiptResult::malformed) << wrong;
  }
}

}  // namespace
}  // namespace stirline::crypto::payment_test
