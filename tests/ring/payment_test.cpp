// Deposits on the wire, both passes (SPIT-PY-01, SPIT-CL-08, SPIT-PL-05): 402 with an offer, and the call that brings
// the provider's receipt.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/ring/ruled_calls.hpp"
#include "tests/support/payment_receipts.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

constexpr std::array<std::uint8_t, 32> kReceiptKey{5, 5, 5};

PaymentSettings payment_settings() {
  PaymentSettings settings{.amount = 5, .minutes = 15, .currency_length = 8, .provider_length = 20, .key_length = 32};
  std::ranges::copy(std::string_view("USD-cent"), settings.currency.begin());
  std::ranges::copy(std::string_view("https://pay.example/"), settings.provider.begin());
  std::ranges::copy(kReceiptKey, settings.key.begin());
  return settings;
}

// Users 1 and 2 are reached by whoever has paid.
class PaidCalls : public RuledCalls {
 protected:
  PaidCalls() {
    Rule ask = lab_rule("ask", Handling::challenge);
    ask.facts = (kAnything & ~all_of(Fact::payment)) | fact_bit(Fact::payment, Result::none);
    ask.actions.component = Component::payment;
    Rule paid = lab_rule("paid", Handling::allow);
    paid.facts = (kAnything & ~all_of(Fact::payment)) | fact_bit(Fact::payment, Result::success);
    Rule wrong = lab_rule("wrong", Handling::block);
    wrong.facts = (kAnything & ~all_of(Fact::payment)) | fact_bit(Fact::payment, Result::failure);
    for (const std::uint32_t number : {1U, 2U}) {
      rules_.users.push_back({.called = destination({.number = number}), .rules = {.rules = {ask, paid, wrong}}});
    }
    rules_.payment = payment_settings();
    publish(rules_);
  }

  static std::string offer_in(const std::string& answer) { return header_line(answer, "Payment-Offer: ") + "\r\n"; }
  static std::string receipt_for(const std::string& offer, std::span<const std::uint8_t> key = kReceiptKey) {
    return receipt_of(kReceiptHeader, paid_payload(offer, kTestNow), key);
  }
  // The next attempt, which may have another Call-ID.
  static std::string again(const std::string& request, const std::string& receipt, const std::string& mark) {
    return with_line(another(request, mark), "Payment-Receipt: " + receipt);
  }
};

TEST_F(PaidCalls, WhoHasPaidGoesOn) {
  const std::string request = signed_call(1);
  const std::string answer = answered(request);
  EXPECT_EQ(status_line(answer), "SIP/2.0 402 Payment Required");
  const std::string offer = offer_in(answer);
  EXPECT_EQ(offer_parameter(offer, "amount"), "5");
  EXPECT_EQ(offer_parameter(offer, "cur"), "USD-cent");
  EXPECT_EQ(offer_parameter(offer, "provider"), "https://pay.example/");
  EXPECT_EQ(answered(request), answer) << "copies get the same octets";
  const std::string paid = again(request, receipt_for(offer), "2");
  EXPECT_NE(delivered(paid).find("\r\nPayment-Receipt: "), std::string::npos);
  EXPECT_FALSE(delivered(paid).empty()) << "a copy of it goes on, too";
  EXPECT_EQ(harness_.counter(Counter::payments_refused), 0U);
  EXPECT_GE(harness_.counter(Counter::payments_taken), 1U);
}

TEST_F(PaidCalls, AReceiptIsGoodForOneCall) {  // double spending
  const std::string request = signed_call(1);
  const std::string receipt = receipt_for(offer_in(answered(request)));
  EXPECT_FALSE(delivered(again(request, receipt, "2")).empty());
  EXPECT_EQ(status_line(answered(again(request, receipt, "3"))), "SIP/2.0 603 Decline");
  EXPECT_EQ(harness_.counter(Counter::payments_refused), 1U);
}

TEST_F(PaidCalls, WrongReceiptsFail) {
  const std::string request = signed_call(1);
  const std::string offer = offer_in(answered(request));
  const std::string good = receipt_for(offer);
  EXPECT_EQ(status_line(answered(again(request, receipt_for(offer, std::array<std::uint8_t, 32>{6}), "2"))),
            "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(again(signed_call(2), good, "3"))), "SIP/2.0 603 Decline") << "for another user";
  EXPECT_EQ(status_line(answered(with_line(again(request, good, "4"), "Payment-Receipt: " + good))),
            "SIP/2.0 603 Decline")
      << "two of them";
  harness_.clock().set(kTestNow + 16 * 60);
  EXPECT_EQ(status_line(answered(again(request, good, "5"))), "SIP/2.0 603 Decline") << "too late";
}

TEST_F(PaidCalls, OnlyWhoIsKnownIsAskedToPay) {
  const std::string got = delivered(call(1));
  EXPECT_NE(got.find("\r\nSpam-Score: "), std::string::npos) << "nobody is turned away for what he cannot do";
}

TEST_F(PaidCalls, AReceiptInAnybodyElsesHandsIsNobodys) {
  const std::string request = signed_call(1);
  const std::string receipt = receipt_for(offer_in(answered(request)));
  const std::string answer = answered(with_line(another(call(1), "2"), "Payment-Receipt: " + receipt));
  EXPECT_EQ(status_line(answer), "SIP/2.0 603 Decline") << "the same From, and nobody vouches for it";
  EXPECT_EQ(harness_.counter(Counter::payments_taken), 1U) << "the receipt itself is good";
}

TEST_F(PaidCalls, WithoutAProviderNobodyIsAskedToPay) {
  const std::string request = signed_call(1);
  const std::string receipt = receipt_for(offer_in(answered(request)));
  rules_.payment = {};
  publish(rules_);
  EXPECT_NE(delivered(another(request, "2")).find("\r\nSpam-Score: "), std::string::npos);
  EXPECT_EQ(status_line(answered(again(request, receipt, "3"))), "SIP/2.0 603 Decline") << "nor is anything taken";
}

}  // namespace
}  // namespace stirline::test
