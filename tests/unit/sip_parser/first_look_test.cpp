// What the first octets tell, against what reading all of a datagram tells (INL-UDP-05).
#include "sip_parser/first_look.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::first_look_test {
namespace {

using Look = FirstLook::Kind;

TEST(FirstLook, KnownMethods) {
  for (const auto& [name, method] :
       std::initializer_list<std::pair<std::string, Method>>{{"INVITE", Method::invite},
                                                             {"ACK", Method::ack},
                                                             {"BYE", Method::bye},
                                                             {"CANCEL", Method::cancel},
                                                             {"OPTIONS", Method::options},
                                                             {"REGISTER", Method::register_},
                                                             {"MESSAGE", Method::message},
                                                             {"SUBSCRIBE", Method::subscribe},
                                                             {"NOTIFY", Method::notify},
                                                             {"PRACK", Method::prack},
                                                             {"UPDATE", Method::update},
                                                             {"INFO", Method::info},
                                                             {"REFER", Method::refer},
                                                             {"PUBLISH", Method::publish}}) {
    const FirstLook look = first_look(name + " sip:a@b SIP/2.0\r\n");
    EXPECT_EQ(look.kind, Look::request) << name;
    EXPECT_EQ(look.method, method) << name;
    EXPECT_EQ(first_look(name + "X sip:a@b SIP/2.0\r\n").kind, Look::unsure) << name;
    EXPECT_EQ(first_look(name.substr(1) + " sip:a@b SIP/2.0\r\n").kind, Look::unsure) << name;
    EXPECT_EQ(first_look(name).kind, Look::unsure) << name;
  }
}

TEST(FirstLook, Responses) {
  EXPECT_EQ(first_look("SIP/2.0 200 OK\r\n").kind, Look::response);
  EXPECT_EQ(first_look("sip/2.0 200 OK\r\n").kind, Look::response);
  EXPECT_EQ(first_look("SIP/3.0 200 OK\r\n").kind, Look::unsure);
  EXPECT_EQ(first_look("SIP/2.0").kind, Look::unsure);
}

TEST(FirstLook, Neighbours) {
  EXPECT_EQ(first_look("").kind, Look::keepalive);
  EXPECT_EQ(first_look("\r\n").kind, Look::keepalive);
  EXPECT_EQ(first_look("\r\n\r\n").kind, Look::keepalive);
  EXPECT_EQ(first_look("\r\nINVITE").kind, Look::unsure);
  EXPECT_EQ(first_look(std::string(4, '\0')).kind, Look::not_sip);
  EXPECT_EQ(first_look("\x80\x08 RTP").kind, Look::not_sip);
  EXPECT_EQ(first_look(std::string("!!\0\x08\x21\x12\xA4\x42", 8) + std::string(12, 'x')).kind, Look::not_sip);
}

// Whatever it says, parse() agrees.
TEST(FirstLook, KeepsItsWord) {
  const std::string starts[] = {"INVITE sip:a@b SIP/2.0\r\n", "SIP/2.0 200 OK\r\n", "SUBSCRIBE sip:a@b SIP/2.0\r\n",
                                "\r\n\r\n"};
  for (const std::string& start : starts) {
    for (std::size_t at = 0; at < start.size() && at < 12; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string octets = start;
        octets.append(kVia).append(kFrom).append(kTo).append(kCallId).append("CSeq: 1 ");
        octets.append(start, 0, start.find(' ')).append("\r\n\r\n");
        octets[at] = static_cast<char>(octet);
        const FirstLook look = first_look(octets);
        const Parsed parsed(octets);
        SCOPED_TRACE(octets.substr(0, 20));
        EXPECT_EQ(look.kind == Look::keepalive, parsed.code() == ErrorCode::keepalive);
        if (look.kind == Look::not_sip) {
          EXPECT_EQ(parsed.code(), ErrorCode::not_sip);
        }
        if (look.kind == Look::request && parsed.ok()) {
          EXPECT_EQ(parsed.message().kind(), Kind::request);
          EXPECT_EQ(parsed.message().method(), look.method);
        }
        if (parsed.ok()) {
          const bool known = parsed.message().method() != Method::other;
          EXPECT_EQ(look.kind, parsed.message().kind() == Kind::response ? Look::response
                               : known                                   ? Look::request
                                                                         : Look::unsure);
        }
      }
    }
  }
}

}  // namespace
}  // namespace stirline::sip::test::first_look_test
