// What signed requests were given, for their copies (INL-TX-02).
#include "dataplane/poll/signed_requests.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/sip_calls.hpp"

namespace stirline::dataplane::signed_requests_test {
namespace {

constexpr std::uint64_t kMemory = 1'000;
constexpr std::uint32_t kPrint = 77;

class Signed : public testing::Test {
 protected:
  static std::string call(std::uint32_t number) { return stirline::test::invite({.number = number}); }
  static std::string lines(std::uint32_t number, std::size_t octets) {
    return "Identity: " + std::to_string(number) + std::string(octets, 'x') + "\r\n";
  }

  bool remember(std::uint32_t number, std::uint64_t now, std::size_t octets = 100) {
    const std::string text = call(number);
    return signed_.remember(name(text), "peer", kPrint, {number, lines(number, octets)}, now);
  }
  // What a copy of the request would get; empty if nothing.
  std::string of(const std::string& text, std::uint64_t now) {
    const auto found = signed_.find(name(text), "peer", kPrint, now);
    return found ? std::string(found->lines) : std::string();
  }
  NamedRequest name(const std::string& text) {
    EXPECT_TRUE(message_->parse(text)) << text;
    return name_of(*message_, text, 1);
  }

  std::unique_ptr<sip::Message> message_ = std::make_unique<sip::Message>();
  SignedRequests signed_{4, SOCKET_ID_ANY, kMemory};
};

TEST_F(Signed, ACopyGetsWhatTheFirstGot) {
  EXPECT_TRUE(remember(1, 10));
  EXPECT_TRUE(remember(2, 20));
  EXPECT_EQ(of(call(1), 30), lines(1, 100));
  EXPECT_EQ(of(call(2), 30), lines(2, 100));
  const std::string text = call(1);
  EXPECT_EQ(signed_.find(name(text), "peer", kPrint, 30)->date, 1);
  EXPECT_EQ(of(call(3), 30), "");
}

TEST_F(Signed, WhatSharesOnlyPartOfTheNameIsNoCopy) {
  EXPECT_TRUE(remember(1, 10));
  for (const std::string part : {"branch=z9hG4bK", "SIP/2.0/UDP 192.0.2", "tag=", "Call-ID: ", "CSeq: "}) {
    std::string other = call(1);
    other.insert(other.find(part) + part.size(), "1");
    EXPECT_EQ(of(other, 20), "") << part;
  }
  EXPECT_EQ(of(stirline::test::following(call(1), "CANCEL"), 20), "");
  const std::string same = call(1);
  EXPECT_FALSE(signed_.find(name(same), "peer", kPrint + 1, 20).has_value()) << "of another content";
  EXPECT_FALSE(signed_.find(name(same), "pee", kPrint, 20).has_value()) << "of another trunk (STIR-RG-02)";
  EXPECT_EQ(of(stirline::test::following(call(1), "ACK"), 20), "");
}

TEST_F(Signed, ForAsLongAsCopiesCome) {
  EXPECT_TRUE(remember(1, 10));
  EXPECT_EQ(of(call(1), 10 + kMemory), lines(1, 100));
  EXPECT_EQ(of(call(1), 11 + kMemory), "");
  EXPECT_TRUE(remember(1, 2'000, 50));
  EXPECT_EQ(of(call(1), 2'001), lines(1, 50)) << "the newest of a name counts";
}

TEST_F(Signed, TheOldestAreForgotten) {
  for (std::uint32_t number = 1; number <= 4; ++number) {
    EXPECT_TRUE(remember(number, number));
  }
  EXPECT_FALSE(remember(5, 5)) << "a copy of the first could still come";
  EXPECT_EQ(of(call(1), 6), "");
  for (std::uint32_t number = 2; number <= 5; ++number) {
    EXPECT_EQ(of(call(number), 6), lines(number, 100));
  }
  EXPECT_TRUE(remember(6, 3 + kMemory)) << "of the second none comes any more";
}

TEST_F(Signed, LongOnesTakeTheRoomOfSeveral) {
  EXPECT_TRUE(remember(1, 1, 900));
  EXPECT_TRUE(remember(2, 2, 900));
  EXPECT_TRUE(remember(3, 3, 900));
  EXPECT_FALSE(remember(4, 4, 2'000));
  EXPECT_EQ(of(call(1), 5), "");
  EXPECT_EQ(of(call(4), 5), lines(4, 2'000));
  EXPECT_FALSE(remember(5, 5, 5'000)) << "longer than all the room";
  EXPECT_EQ(of(call(4), 5), lines(4, 2'000));
}

TEST_F(Signed, AroundTheEndAtEveryOffset) {
  for (std::uint32_t number = 1; number <= 5'000; ++number) {
    const std::size_t octets = number * 37 % 1'300;
    static_cast<void>(remember(number, number, octets));
    ASSERT_EQ(of(call(number), number), lines(number, octets)) << number;
    if (number > 1) {
      const std::string before = of(call(number - 1), number);
      ASSERT_TRUE(before.empty() || before == lines(number - 1, (number - 1) * 37 % 1'300)) << number;
    }
  }
}

}  // namespace
}  // namespace stirline::dataplane::signed_requests_test
