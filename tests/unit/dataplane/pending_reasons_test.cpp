// Calls whose answers will say what was wrong (STIR-ER-01, STIR-ER-03).
#include "dataplane/poll/pending_reasons.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace stirline::dataplane::pending_reasons_test {
namespace {

constexpr std::uint64_t kLinger = 1'000;

class Pending : public testing::Test {
 protected:
  static std::string invite(const std::string& branch, const std::string& cseq = "1 INVITE",
                            const std::string& host = "192.0.2.1:5060") {
    return message("INVITE sip:b@example.com SIP/2.0", branch, cseq, host);
  }
  static std::string answer(std::uint16_t status, const std::string& branch, const std::string& cseq = "1 INVITE",
                            const std::string& host = "192.0.2.1:5060") {
    return message("SIP/2.0 " + std::to_string(status) + " Text", branch, cseq, host);
  }
  static std::string message(const std::string& start, const std::string& branch, const std::string& cseq,
                             const std::string& host) {
    return start + "\r\nVia: SIP/2.0/UDP " + host + ";branch=" + branch +
           "\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: x\r\nCSeq: " + cseq +
           "\r\nContent-Length: 0\r\n\r\n";
  }

  PendingReasons::Remembered remember(const std::string& request) {
    EXPECT_TRUE(message_->parse(request)) << request;
    crypto::Complaints complaints;
    crypto::Complaint complaint;
    complaint.reason = crypto::Reason::signature_wrong;
    EXPECT_TRUE(complaints.push(complaint));
    return pending_.remember(request, transaction_of(*message_), complaints, false);
  }
  bool told(const std::string& response, std::uint64_t now = 1) {
    EXPECT_TRUE(message_->parse(response)) << response;
    crypto::ReasonLine line;
    const auto text = pending_.line_for(response, transaction_of(*message_), message_->status(), now, line);
    EXPECT_TRUE(text.empty() || text == "Reason: STIR;cause=438;text=\"Invalid Identity Header\"\r\n") << text;
    return !text.empty();
  }

  PendingReasons pending_{4, -1, 7, kLinger};
  std::unique_ptr<sip::Message> message_ = std::make_unique<sip::Message>();
};

TEST_F(Pending, EveryAnswerToThatTransactionAndNoOther) {
  EXPECT_TRUE(pending_.empty());
  EXPECT_EQ(remember(invite("z9hG4bKa")), PendingReasons::Remembered::yes);
  EXPECT_FALSE(pending_.empty());
  EXPECT_FALSE(told(answer(100, "z9hG4bKa")));
  EXPECT_TRUE(told(answer(180, "z9hG4bKa")));
  EXPECT_TRUE(told(answer(183, "z9hG4bKa;received=192.0.2.9;rport=4")));
  EXPECT_FALSE(told(answer(180, "z9hG4bKb")));
  EXPECT_FALSE(told(answer(200, "z9hG4bKa", "1 CANCEL")));
  EXPECT_FALSE(told(answer(180, "z9hG4bKa", "2 INVITE")));
  EXPECT_FALSE(told(answer(180, "z9hG4bKa", "1 INVITE", "192.0.2.2:5060")));
  EXPECT_FALSE(told(answer(180, "z9hG4bKa", "1 INVITE", "192.0.2.1")));
}

TEST_F(Pending, UntilTheFinalAnswerHasHadItsCopies) {
  remember(invite("z9hG4bKa"));
  EXPECT_TRUE(told(answer(180, "z9hG4bKa"), 1'000'000'000)) << "ringing takes as long as it takes";
  EXPECT_TRUE(told(answer(200, "z9hG4bKa"), 1'000'000'001));
  EXPECT_TRUE(told(answer(200, "z9hG4bKa"), 1'000'000'001 + kLinger));
  EXPECT_FALSE(told(answer(200, "z9hG4bKa"), 1'000'000'002 + kLinger));
}

TEST_F(Pending, TheOldestMakesRoom) {
  for (const std::string branch : {"z9hG4bK1", "z9hG4bK2", "z9hG4bK3", "z9hG4bK4"}) {
    EXPECT_EQ(remember(invite(branch)), PendingReasons::Remembered::yes);
  }
  EXPECT_EQ(remember(invite("z9hG4bK1")), PendingReasons::Remembered::yes) << "a copy takes no place";
  EXPECT_EQ(remember(invite("z9hG4bK5")), PendingReasons::Remembered::in_place_of_another);
  EXPECT_EQ(remember(invite("z9hG4bK6")), PendingReasons::Remembered::in_place_of_another);
  EXPECT_FALSE(told(answer(180, "z9hG4bK1")));
  EXPECT_FALSE(told(answer(180, "z9hG4bK2")));
  for (const std::string branch : {"z9hG4bK3", "z9hG4bK4", "z9hG4bK5", "z9hG4bK6"}) {
    EXPECT_TRUE(told(answer(180, branch))) << branch;
  }
}

TEST_F(Pending, NamesThatAreTooLongAreNotKept) {
  EXPECT_EQ(remember(invite("z9hG4bK" + std::string(300, 'x'))), PendingReasons::Remembered::no);
  EXPECT_FALSE(told(answer(180, "z9hG4bK" + std::string(300, 'x'))));
  EXPECT_TRUE(pending_.empty());
}

}  // namespace
}  // namespace stirline::dataplane::pending_reasons_test
