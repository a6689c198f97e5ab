// Messages for the tests, and a parse in which the sanitizer sees every octet read too many.
#pragma once

#include <algorithm>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip::test {

// The message lies in a heap block of exactly its size.
class Parsed {
 public:
  explicit Parsed(std::string_view octets, const Strictness& strictness = {})
      : block_(std::make_unique<char[]>(octets.size())), octets_(block_.get(), octets.size()) {
    std::ranges::copy(octets, block_.get());
    result_ = message_->parse(octets_, strictness);
  }

  [[nodiscard]] bool ok() const { return result_.has_value(); }
  [[nodiscard]] ErrorCode code() const { return result_ ? ErrorCode::ok : result_.error().code; }
  [[nodiscard]] const std::expected<void, ParseError>& result() const { return result_; }
  [[nodiscard]] const Message& message() const { return *message_; }
  [[nodiscard]] std::string_view octets() const { return octets_; }
  [[nodiscard]] std::string_view text(Span span) const { return sip::text(octets_, span); }

 private:
  std::unique_ptr<char[]> block_;
  std::string_view octets_;
  std::unique_ptr<Message> message_ = std::make_unique<Message>();
  std::expected<void, ParseError> result_;
};

inline const std::string kVia = "Via: SIP/2.0/UDP sbc.example.net:5060;branch=z9hG4bKa1b2c3\r\n";
inline const std::string kFrom = "From: \"Alice\" <sip:+12155550121@example.net;user=phone>;tag=f1\r\n";
inline const std::string kTo = "To: <sip:+12155550131@example.com;user=phone>\r\n";
inline const std::string kCallId = "Call-ID: 7f3a-19@example.net\r\n";
inline const std::string kCseq = "CSeq: 314 INVITE\r\n";

// An INVITE with `more` header lines and `body`; Content-Length is not among what is there already.
inline std::string invite(std::string_view more = {}, std::string_view body = {}) {
  std::string message = "INVITE sip:+12155550131@example.com;user=phone SIP/2.0\r\n";
  message += kVia + "Max-Forwards: 70\r\n" + kFrom + kTo + kCallId + kCseq;
  message += more;
  message += "\r\n";
  message += body;
  return message;
}

// The INVITE above with the first occurrence of `what` replaced.
inline std::string invite_with(std::string_view what, std::string_view by) {
  std::string message = invite();
  message.replace(message.find(what), what.size(), by);
  return message;
}

}  // namespace stirline::sip::test
