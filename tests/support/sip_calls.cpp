#include "tests/support/sip_calls.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sip_parser/date.hpp"

namespace stirline::test {
namespace {

// Spreads a small number over 32 bits, so that neighbouring calls share few octets.
std::uint32_t mix(std::uint32_t value, std::uint32_t salt) {
  value = (value ^ salt) * 0x9E37'79B1U;
  value ^= value >> 15;
  value *= 0x85EB'CA77U;
  return value ^ (value >> 13);
}

std::string date_line(std::int64_t date) {
  if (date == 0) {
    return {};
  }
  const auto text = sip::format_date(date);
  return fmt::format("Date: {}\r\n", std::string_view(text.data(), text.size()));
}

std::string session_description(std::uint32_t number) {
  constexpr std::array<std::string_view, 4> kCodecs = {"0 8 101", "8 0 18 101", "96 97 101", "9 0 8 101"};
  const std::uint32_t session = mix(number, 5);
  const std::uint32_t octet = mix(number, 6) % 250 + 1;
  return fmt::format(
      "v=0\r\no=border {0} 1 IN IP4 192.0.2.{1}\r\ns=call\r\nc=IN IP4 192.0.2.{1}\r\nt=0 0\r\nm=audio {2} RTP/AVP "
      "{3}\r\n"
      "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
      "0-15\r\na=ptime:20\r\n"
      "a=maxptime:40\r\na=sendrecv\r\n",
      session, octet, 10'000 + session % 20'000 * 2, kCodecs[number % kCodecs.size()]);
}

}  // namespace

std::string originator(const CallSpec& spec) {
  const char area = spec.attest == 'A' ? '5' : spec.attest == 'B' ? '6' : spec.attest == 'C' ? '7' : '8';
  return fmt::format("121{}555{:04}", area, spec.number % 10'000);
}

std::string destination(const CallSpec& spec) {
  return fmt::format("1303{:07}", mix(spec.number, 1) % 10'000'000);
}

std::string invite(const CallSpec& spec) {
  const std::string from = originator(spec);
  const std::string to = destination(spec);
  const std::string body = session_description(spec.number);
  std::string message = fmt::format(
      "INVITE sip:+{to}@gateway.carrier-b.example.net:5060;user=phone SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{branch:08x}{number:08x}\r\n"
      "Via: SIP/2.0/UDP 10.{octet}.3.7:5060;branch=z9hG4bKcore{branch:x};received=10.{octet}.3.7\r\n"
      "Record-Route: <sip:192.0.2.10;lr;did={did:x}>\r\n"
      "Max-Forwards: {hops}\r\n"
      "From: \"Subscriber {number}\" <sip:+{from}@carrier-a.example.net;user=phone>;tag={tag:08x}\r\n"
      "To: <sip:+{to}@gateway.carrier-b.example.net;user=phone>{to_tag}\r\n"
      "Call-ID: {callid:08x}-{number:x}-{did:08x}@border.carrier-a.example.net\r\n"
      "CSeq: {cseq} INVITE\r\n"
      "Contact: <sip:+{from}@192.0.2.10:5060;transport=udp>\r\n"
      "Allow: INVITE,ACK,CANCEL,BYE,PRACK,UPDATE,INFO,OPTIONS,REFER,NOTIFY\r\n"
      "Supported: 100rel,timer,replaces,histinfo\r\n"
      "Session-Expires: 1800;refresher=uac\r\n"
      "User-Agent: Border Element 7.{octet}\r\n"
      "{asserted}{date}"
      "Content-Type: application/sdp\r\n"
      "Content-Length: {length}\r\n\r\n",
      fmt::arg("to", to), fmt::arg("from", from), fmt::arg("number", spec.number),
      fmt::arg("branch", mix(spec.number, 2)), fmt::arg("octet", spec.number % 200 + 1),
      fmt::arg("did", mix(spec.number, 3)), fmt::arg("hops", 60 + spec.number % 10),
      fmt::arg("tag", mix(spec.number, 4)), fmt::arg("to_tag", spec.to_tag ? ";tag=there" : ""),
      fmt::arg("callid", mix(spec.number, 7)), fmt::arg("cseq", mix(spec.number, 8) % 100'000 + 1),
      fmt::arg("asserted",
               spec.asserted ? fmt::format("P-Asserted-Identity: <sip:+{}@carrier-a.example.net;user=phone>\r\n", from)
                             : std::string()),
      fmt::arg("date", date_line(spec.date)), fmt::arg("length", body.size()));
  return message + body;
}

std::string header_line(const std::string& message, const std::string& name) {
  const std::size_t at = message.find("\r\n" + name) + 2;
  return message.substr(at, message.find("\r\n", at) - at);
}

std::string following(const std::string& invite, const std::string& method) {
  const std::string uri = invite.substr(invite.find(' '), invite.find(" SIP/2.0") - invite.find(' '));
  const std::string cseq = header_line(invite, "CSeq: ");
  return fmt::format("{}{} SIP/2.0\r\n{}\r\nMax-Forwards: 70\r\n{}\r\n{}\r\n{}\r\n{} {}\r\nContent-Length: 0\r\n\r\n",
                     method, uri, header_line(invite, "Via: "), header_line(invite, "From: "),
                     header_line(invite, "To: "), header_line(invite, "Call-ID: "), cseq.substr(0, cseq.rfind(' ')),
                     method);
}

}  // namespace stirline::test
