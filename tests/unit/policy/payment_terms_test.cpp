// The terms of payments, from the configuration to the data plane (SPIT-PY-01).
#include "control/policy/payment_terms.hpp"

#include <gtest/gtest.h>

#include "config/control_config.hpp"
#include "config/policy/common_rules.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::payment_terms_test {
namespace {

using config::policy::PaymentSettings;
using config::policy::terms_of;
using config::policy::test::kSecret;

std::expected<config::ControlConfig, config::ConfigErrors> section(const std::string& text) {
  return config::read_control_config("/etc/control.toml", "[payment]\n" + text);
}
constexpr const char* kGood = "provider = \"https://pay.example/\"\nkey = \"payment.key\"\n";

class PaymentTermsTest : public ::testing::Test {
 protected:
  std::expected<PaymentSettings, config::ConfigErrors> read(const std::string& key) {
    config_.provider = "https://pay.example/";
    config_.key = folder_.write("payment.key", key);
    return read_payment_terms(config_, "control.toml");
  }

  control::test::ScratchFolder folder_;
  config::PaymentConfig config_;
};

TEST_F(PaymentTermsTest, TheSection) {
  const auto silent = section("");
  ASSERT_TRUE(silent);
  EXPECT_TRUE(silent->payment.provider.empty());
  const auto given = section(std::string(kGood) + "amount = 1000000\ncurrency = \"EUR\"\nminutes = 60\n");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->payment.provider, "https://pay.example/");
  EXPECT_EQ(given->payment.key, "/etc/payment.key");
  EXPECT_EQ(given->payment.amount, 1'000'000U);
  EXPECT_EQ(given->payment.currency, "EUR");
  EXPECT_EQ(given->payment.minutes, 60U);
  for (const char* wrong : {"amount = 0", "amount = 1000001", "currency = \"\"", "currency = \"US cent\"",
                            "currency = \"12345678901234567\"", "minutes = 0", "minutes = 61", "deposit = 1"}) {
    EXPECT_FALSE(section(std::string(kGood) + wrong)) << wrong;
  }
  for (const char* wrong : {"provider = \"https://pay.example/\"", "provider = \"http://pay.example/\"\nkey = \"k\"",
                            "provider = \"pay.example\"\nkey = \"k\""}) {
    EXPECT_FALSE(section(wrong)) << wrong;
  }
}

TEST_F(PaymentTermsTest, WithoutAProviderNothingIsOffered) {
  const auto terms = read_payment_terms({}, "control.toml");
  ASSERT_TRUE(terms);
  EXPECT_EQ(*terms, PaymentSettings());
  EXPECT_EQ(mistake_in(*terms), "");
}

TEST_F(PaymentTermsTest, TheKeyIsReadAndAllOfItTravels) {
  const std::string key(48, 'k');
  const auto settings = read(key);
  ASSERT_TRUE(settings);
  EXPECT_EQ(mistake_in(*settings), "");
  const auto image = config::policy::encode_common_rules({}, kSecret, {}, *settings);
  const auto rules = config::policy::CommonRules::open(image);
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->payment(), *settings);
  const crypto::PaymentTerms terms = terms_of(rules->payment());
  EXPECT_EQ(terms.amount, 5U);
  EXPECT_EQ(terms.currency, "USD-cent");
  EXPECT_EQ(terms.provider, "https://pay.example/");
  EXPECT_EQ(std::string(terms.receipt_key.begin(), terms.receipt_key.end()), key);
  EXPECT_EQ(terms.minutes, 15U);
}

TEST_F(PaymentTermsTest, KeysThatAreNone) {
  for (const std::size_t size : {0U, 31U, 65U}) {
    const auto settings = read(std::string(size, 'k'));
    ASSERT_FALSE(settings) << size;
    EXPECT_EQ(settings.error().front().key, "payment.key");
  }
  config_.key = "/nowhere/payment.key";
  EXPECT_FALSE(read_payment_terms(config_, "control.toml"));
}

TEST_F(PaymentTermsTest, AnImageWithTermsThatCannotBeUsedIsRefused) {
  const auto good = read(std::string(32, 'k'));
  ASSERT_TRUE(good);
  const auto refusal = [](const PaymentSettings& settings) {
    const auto image = config::policy::encode_common_rules({}, kSecret, {}, settings);
    const auto rules = config::policy::CommonRules::open(image);
    return rules ? std::string() : rules.error().text;
  };
  EXPECT_EQ(refusal(*good), "");
  for (const auto& change : std::initializer_list<void (*)(PaymentSettings&)>{
           [](PaymentSettings& settings) { settings.amount = 0; },
           [](PaymentSettings& settings) { settings.minutes = 61; },
           [](PaymentSettings& settings) { settings.minutes = 0; },
           [](PaymentSettings& settings) { settings.key_length = 31; },
           [](PaymentSettings& settings) { settings.key_length = 65; },
           [](PaymentSettings& settings) { settings.currency_length = 7; },
           [](PaymentSettings& settings) { settings.currency_length = 255; },
           [](PaymentSettings& settings) { settings.currency[0] = '"'; },
           [](PaymentSettings& settings) { settings.provider[10] = '"'; },
           [](PaymentSettings& settings) { settings.provider[4] = ' '; },
           [](PaymentSettings& settings) { settings.provider_length = 129; }}) {
    PaymentSettings changed = *good;
    change(changed);
    EXPECT_NE(refusal(changed), "");
  }
}

}  // namespace
}  // namespace stirline::control::policy::payment_terms_test
