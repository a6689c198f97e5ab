// Which requests belong together (INL-TX-01; RFC 3261 9.1, 17.1.1.3).
#include "dataplane/poll/transaction.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/sip_calls.hpp"

namespace stirline::dataplane::transaction_test {
namespace {

class Transaction : public testing::Test {
 protected:
  // `text` must live as long as what is returned.
  NamedRequest name(const std::string& text, std::uint32_t seed = 1) {
    EXPECT_TRUE(message_->parse(text)) << text;
    return name_of(*message_, text, seed);
  }

  std::unique_ptr<sip::Message> message_ = std::make_unique<sip::Message>();
};

TEST_F(Transaction, AnInviteItsCancelAndItsAckBelongTogether) {
  const std::string invite = stirline::test::invite({.number = 7});
  const NamedRequest first = name(invite);
  for (const std::string method : {"CANCEL", "ACK"}) {
    std::string text = stirline::test::following(invite, method);
    text.insert(text.find("\r\n", text.find("To: ")), ";tag=of-the-answer");
    const NamedRequest other = name(text);
    EXPECT_TRUE(belong_together(first, other));
    EXPECT_EQ(first.key, other.key);
  }
}

TEST_F(Transaction, EveryPartOfTheNameCounts) {
  const std::string invite = stirline::test::invite({.number = 7});
  const NamedRequest first = name(invite);
  for (const std::string part : {"branch=z9hG4bK", "SIP/2.0/UDP 192.0.2", "tag=", "Call-ID: ", "CSeq: "}) {
    std::string text = invite;
    text.insert(text.find(part) + part.size(), "1");
    EXPECT_FALSE(belong_together(first, name(text))) << part;
  }
  std::string port = invite;
  port.replace(port.find("192.0.2.10:5060"), 15, "192.0.2.10:5061");
  EXPECT_FALSE(belong_together(first, name(port)));
}

TEST_F(Transaction, WithoutTheCookieCallIdAndTagTell) {  // RFC 2543
  std::string invite = stirline::test::invite({.number = 7});
  const std::size_t at = invite.find(";branch=");
  invite.erase(at, invite.find("\r\n", at) - at);
  const NamedRequest first = name(invite);
  const std::string cancel = stirline::test::following(invite, "CANCEL");
  EXPECT_TRUE(belong_together(first, name(cancel)));
  EXPECT_EQ(first.key, name(cancel).key);
  std::string other = cancel;
  other.insert(other.find("Call-ID: ") + 9, "x");
  EXPECT_FALSE(belong_together(first, name(other)));
}

TEST_F(Transaction, LongNamesAreHashedByTheirEnds) {
  std::string invite = stirline::test::invite({.number = 7});
  invite.insert(invite.find("z9hG4bK") + 7, std::string(200, 'b'));
  std::string other = invite;
  const std::size_t end = other.find("\r\n", other.find("branch="));
  other[end - 1] = other[end - 1] == '0' ? '1' : '0';
  EXPECT_NE(name(invite).key, name(other).key);
  EXPECT_NE(name(invite).key, name(invite, 2).key);
}

}  // namespace
}  // namespace stirline::dataplane::transaction_test
