// Who of those that users call answers, in bounded memory (SPIT-FW-10).
#include "dataplane/poll/outgoing_requests.hpp"

#include <string>

#include <gtest/gtest.h>

namespace stirline::dataplane::outgoing_requests_test {
namespace {

using config::wire::ContactRecord;
using sip::Method;

std::string told(const std::optional<ContactRecord>& parties) {
  return parties ? std::string(parties->user) + " " + std::string(parties->contact) : "";
}

TEST(OutgoingRequests, WhoeverAnswersIsToldOnce) {
  OutgoingRequests requests(64);
  ASSERT_TRUE(requests.remember(7, Method::invite, {"1", "2"}, 1));
  EXPECT_EQ(told(requests.answered(8, Method::invite, 200)), "") << "another call";
  EXPECT_EQ(told(requests.answered(7, Method::invite, 100)), "") << "from hop to hop";
  EXPECT_EQ(told(requests.answered(7, Method::invite, 183)), "1 2");
  EXPECT_EQ(told(requests.answered(7, Method::invite, 200)), "");
}

TEST(OutgoingRequests, ARefusalIsNoAnswer) {
  OutgoingRequests requests(64);
  ASSERT_TRUE(requests.remember(7, Method::invite, {"1", "2"}, 1));
  EXPECT_EQ(told(requests.answered(7, Method::invite, 486)), "");
  EXPECT_EQ(told(requests.answered(7, Method::invite, 200)), "") << "it is over";
}

TEST(OutgoingRequests, AnAnswerToTheCancelIsNoneToTheCall) {
  OutgoingRequests requests(64);
  ASSERT_TRUE(requests.remember(7, Method::invite, {"1", "2"}, 1));
  EXPECT_EQ(told(requests.answered(7, Method::cancel, 200)), "");
  EXPECT_EQ(told(requests.answered(7, Method::invite, 180)), "1 2");
}

TEST(OutgoingRequests, TheOldestGivesWay) {
  OutgoingRequests requests(4);  // one place of four
  for (std::uint64_t key = 1; key <= 4; ++key) {
    EXPECT_TRUE(requests.remember(key, Method::message, {"user", std::to_string(key)}, key));
  }
  EXPECT_TRUE(requests.remember(1, Method::message, {"user", "1"}, 9)) << "a copy takes no other's place";
  EXPECT_FALSE(requests.remember(5, Method::message, {"user", "5"}, 10));
  EXPECT_EQ(told(requests.answered(2, Method::message, 202)), "") << "it was the oldest";
  EXPECT_EQ(told(requests.answered(1, Method::message, 202)), "user 1");
  EXPECT_EQ(told(requests.answered(5, Method::message, 202)), "user 5");
  EXPECT_TRUE(requests.remember(6, Method::message, {"user", "6"}, 11)) << "what was answered makes room";
}

TEST(OutgoingRequests, NoneAtAllAndTooLong) {
  EXPECT_FALSE(OutgoingRequests(0).enabled());
  OutgoingRequests requests(1);
  ASSERT_TRUE(requests.enabled());
  const std::string longest(254, 'a');
  EXPECT_FALSE(requests.remember(1, Method::invite, {longest + "a", "2"}, 1));
  EXPECT_TRUE(requests.remember(1, Method::invite, {longest, longest}, 1));
  EXPECT_EQ(told(requests.answered(1, Method::invite, 200)), longest + " " + longest);
}

}  // namespace
}  // namespace stirline::dataplane::outgoing_requests_test
