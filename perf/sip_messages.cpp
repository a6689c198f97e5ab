#include "perf/sip_messages.hpp"

#include <array>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "sip_parser/date.hpp"

namespace stirline::perf {
namespace {

constexpr std::array<std::string_view, 6> kHosts = {
    "sbc01.nyc.carrier-a.example.net", "ims.mnc410.mcc310.3gppnetwork.org", "peering.example.org",
    "core.voip.example.com",           "gateway.carrier-b.example.net",     "ims.operator.example"};
constexpr std::array<std::string_view, 5> kAgents = {"Border Element 7.2", "Session Controller SWe 12.01.00R000",
                                                     "Telephony Server - 2010134/1 R74A", "Media Switch/1.10.11",
                                                     "Perimeter 4.9"};
constexpr std::array<std::string_view, 4> kNames = {"", "\"Acme Corp.\" ", "\"WIRELESS CALLER\" ", "Alice "};
constexpr std::array<std::string_view, 4> kSubjects = {"-", "call", "Media Session", "Session SDP"};

struct Codec {
  unsigned type;
  std::string_view map;
  std::string_view format;
};
constexpr std::array<Codec, 6> kCodecs = {{{0, "PCMU/8000", ""},
                                           {8, "PCMA/8000", ""},
                                           {18, "G729/8000", "annexb=no"},
                                           {9, "G722/8000", ""},
                                           {97, "AMR/8000/1", "mode-set=0,2,4,7;max-red=0"},
                                           {111, "opus/48000/2", "useinbandfec=1"}}};

class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string message(SipClass kind) {
    const std::string_view method = kind == SipClass::message ? "MESSAGE" : "INVITE";
    const std::string called = number();
    const std::string caller = number();
    const std::string_view home = pick(kHosts);
    const std::string_view target = pick(kHosts);
    const bool response = kind == SipClass::response;
    const bool call = kind != SipClass::message;
    std::string text =
        response
            ? fmt::format("SIP/2.0 {}\r\n", one_in(2) ? "200 OK" : (one_in(2) ? "180 Ringing" : "183 Session Progress"))
            : fmt::format("{} sip:+{}{}@{}{};user=phone SIP/2.0\r\n", method, called,
                          one_in(8) ? ";npdi;rn=+1215555" + digits(4) : "", target, one_in(2) ? ":5060" : "");
    for (std::uint32_t hops = 1 + below(response ? 2 : 3), hop = 0; hop < hops; ++hop) {
      text += via(hop);
    }
    for (std::uint32_t routes = call ? below(3) : 0; routes > 0; --routes) {
      text += fmt::format("Record-Route: <sip:{};lr;ftag={};did={}>\r\n", address(), hex(8), hex(7));
    }
    if (!response) {
      text += fmt::format("Max-Forwards: {}\r\n", 20 + below(51));
    }
    text += fmt::format("From: {}<sip:+{}@{};user=phone>;tag={}\r\n", pick(kNames), caller, home, tag());
    text += fmt::format("To: <sip:+{}@{};user=phone>{}\r\n", called, target, response ? ";tag=" + tag() : "");
    text += fmt::format("Call-ID: {}\r\n", call_id());
    text += fmt::format("CSeq: {} {}\r\n", 1 + below(200'000), method);
    if (call) {
      text += fmt::format("Contact: <sip:+{}@{}:{};transport=udp>\r\n", response ? called : caller, address(),
                          5060 + 10 * below(2));
    }
    text += extensions(call && !response, response);
    if (kind != SipClass::response || one_in(2)) {
      text += fmt::format("P-Asserted-Identity: {}<sip:+{}@{};user=phone>\r\n", pick(kNames),
                          response ? called : caller, home);
      if (one_in(4)) {
        text += fmt::format("P-Asserted-Identity: <tel:+{}>\r\n", response ? called : caller);
      }
    }
    if (!response) {
      const auto date = sip::format_date(1'790'000'000 + below(9'000'000));
      text += fmt::format("Date: {}\r\n", std::string_view(date.data(), date.size()));
    }
    if (kind == SipClass::invite_identity || (kind == SipClass::message && one_in(2))) {
      text += identity();
    }
    return text + ending(call, response);
  }

  std::string identity() {
    return fmt::format("Identity: {}.{}.{};info=<https://cr.sti.example.net/{}/shaken/{}.pem>;alg=ES256;ppt={}\r\n",
                       base64(200 + 4 * below(8)), base64(180 + 4 * below(4)), base64(86), hex(8), hex(64),
                       one_in(2) ? "shaken" : "\"shaken\"");
  }

  std::string foreign() {
    switch (below(6)) {
      case 0:
        return one_in(2) ? "\r\n\r\n" : std::string(4, '\0');
      case 1:
        return std::string("\0\x01\0\x08\x21\x12\xA4\x42", 8) + octets(20);
      case 2:
        return "\x80" + octets(171);  // RTP, version 2
      case 3:
        return fmt::format("OPTIONS sip:{0} SIP/2.0\r\n{1}Call-ID: {2}\r\n\r\n", address(), via(0), call_id());
      case 4:
        return fmt::format("REGISTER sip:{0} SIP/2.0\r\n{1}Call-ID: {2}\r\n\r\n", address(), via(0), call_id());
      default:
        return fmt::format("BYE sip:+{}@{} SIP/2.0\r\n{}Call-ID: {}\r\n\r\n", number(), address(), via(0), call_id());
    }
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  bool one_in(std::uint32_t odds) { return below(odds) == 0; }

  template <typename List>
  std::string_view pick(const List& list) {
    return list[below(static_cast<std::uint32_t>(list.size()))];
  }

  std::string drawn(std::string_view alphabet, std::size_t length) {
    std::string text(length, ' ');
    for (char& c : text) {
      c = alphabet[below(static_cast<std::uint32_t>(alphabet.size()))];
    }
    return text;
  }
  std::string digits(std::size_t length) { return drawn("0123456789", length); }
  std::string hex(std::size_t length) { return drawn("0123456789abcdef", length); }
  std::string base64(std::size_t length) {
    return drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", length);
  }
  std::string octets(std::size_t length) {
    std::string text(length, ' ');
    for (char& c : text) {
      c = static_cast<char>(below(256));
    }
    return text;
  }
  std::string number() { return "1" + drawn("23456789", 3) + digits(7); }
  std::string address() { return fmt::format("198.51.{}.{}", below(256), 1 + below(254)); }

  std::string tag() {
    switch (below(3)) {
      case 0:
        return "as" + hex(8);
      case 1:
        return hex(10) + "-" + hex(6);
      default:
        return hex(8);
    }
  }

  std::string call_id() {
    switch (below(3)) {
      case 0:
        return fmt::format("{}-{}-{}-{}-{}", hex(8), hex(4), hex(4), hex(4), hex(12));
      case 1:
        return hex(32) + "@" + address();
      default:
        return fmt::format("SD{}-{}-v3000i1", hex(8), hex(32));
    }
  }

  std::string via(std::uint32_t hop) {
    const std::string by = one_in(2) ? address() : std::string(pick(kHosts));
    const std::string branch =
        one_in(3) ? fmt::format("z9hG4bK-524287-1---{}", hex(16)) : "z9hG4bK" + hex(20 + below(8));
    const std::string received = hop == 0 ? ""
                                          : fmt::format(";received=10.{}.{}.{};rport={}", below(256), below(256),
                                                        1 + below(254), 1024 + below(40'000));
    return fmt::format("Via: SIP/2.0/UDP {}{};branch={}{}\r\n", by, one_in(4) ? "" : ":5060", branch, received);
  }

  // Header fields that mean nothing to STIR, in the numbers in which they come.
  std::string extensions(bool invite, bool response) {
    std::string text;
    if (invite) {
      text += "Allow: INVITE,ACK,CANCEL,BYE,UPDATE,PRACK,INFO,OPTIONS,REFER,NOTIFY,MESSAGE\r\n";
      if (one_in(2)) {
        text += "Supported: 100rel,timer,replaces,precondition\r\n";
      }
      text += "Session-Expires: 1800;refresher=uac\r\n";
      if (one_in(2)) {
        text += "Min-SE: 90\r\n";
      }
      if (one_in(2)) {
        text += fmt::format("P-Charging-Vector: icid-value={};icid-generated-at={};orig-ioi={}\r\n", hex(24), address(),
                            pick(kHosts));
      }
      if (one_in(3)) {
        text += "P-Early-Media: supported\r\n";
      }
      if (one_in(3)) {
        text += fmt::format("X-Carrier-Trunk: tg-{}\r\n", digits(4));
      }
    }
    text += fmt::format("{}: {}\r\n", response ? "Server" : "User-Agent", pick(kAgents));
    if (one_in(2)) {
      text += "Privacy: none\r\n";
    }
    return text;
  }

  std::string ending(bool call, bool response) {
    if (!call) {
      const std::string body = fmt::format("Your verification code is {}. It expires in 10 minutes.{}", digits(6),
                                           one_in(2) ? " " + hex(120) : "");
      return fmt::format("Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    }
    if (response && one_in(2)) {
      return "Content-Length: 0\r\n\r\n";
    }
    const std::string body = session();
    return fmt::format("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  }

  std::string session() {
    const std::string media = address();
    const Codec& codec = kCodecs[below(kCodecs.size())];
    std::string text = fmt::format(
        "v=0\r\no=border {0} {1} IN IP4 {2}\r\ns={3}\r\nc=IN IP4 {2}\r\nt=0 0\r\nm=audio {4} RTP/AVP {5} 101\r\n"
        "a=rtpmap:{5} {6}\r\n",
        digits(9), below(10), media, pick(kSubjects), 10'000 + 2 * below(20'000), codec.type, codec.map);
    if (!codec.format.empty()) {
      text += fmt::format("a=fmtp:{} {}\r\n", codec.type, codec.format);
    }
    text += "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
    return one_in(2) ? text + "a=maxptime:40\r\n" : text;
  }

  std::mt19937 random_;
};

}  // namespace

std::vector<std::string> sip_messages(SipClass kind, std::size_t count) {
  Writer writer(static_cast<std::uint32_t>(kind) + 1);
  std::vector<std::string> messages;
  messages.reserve(count);
  while (messages.size() < count) {
    messages.push_back(writer.message(kind));
  }
  return messages;
}

std::vector<std::string> foreign_packets(std::size_t count) {
  Writer writer(99);
  std::vector<std::string> packets;
  packets.reserve(count);
  while (packets.size() < count) {
    packets.push_back(writer.foreign());
  }
  return packets;
}

std::string identity_line(std::uint32_t number) {
  return Writer(number).identity();
}

}  // namespace stirline::perf
