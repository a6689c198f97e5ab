#include "control/watching/pcapng.hpp"

#include <bit>
#include <cstring>
#include <limits>

namespace stirline::control {
namespace {

static_assert(std::endian::native == std::endian::little);  // the file says so itself (4.1, Byte-Order Magic)

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kLinkTypeEthernet = 1;

constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kApplication = 4;     // shb_userappl
constexpr std::uint16_t kInterfaceName = 2;   // if_name
constexpr std::uint16_t kTimeResolution = 9;  // if_tsresol
constexpr std::uint16_t kPacketFlags = 2;     // epb_flags
constexpr std::uint8_t kNanoseconds = 9;      // 10^-9
constexpr std::size_t kMaxComment = 1'024;

template <typename Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void pad(std::string& out) {
  out.append((4 - out.size() % 4) % 4, '\0');
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  put(out, code);
  put(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

// Body and length around it, twice (3.1).
std::string block(std::uint32_t type, std::string_view body) {
  const auto length = static_cast<std::uint32_t>(body.size() + 3 * sizeof(std::uint32_t));
  std::string out;
  put(out, type);
  put(out, length);
  out += body;
  put(out, length);
  return out;
}

std::string interface_block(std::string_view name) {
  std::string body;
  put(body, kLinkTypeEthernet);
  put(body, std::uint16_t{0});
  put(body, std::uint32_t{0});  // SnapLen: no limit
  put_option(body, kInterfaceName, name);
  put_option(body, kTimeResolution, {reinterpret_cast<const char*>(&kNanoseconds), 1});
  put_option(body, kEndOfOptions, {});
  return block(kInterfaceDescription, body);
}

// Not in the middle of a character.
std::string_view first_octets(std::string_view text, std::size_t most) {
  if (text.size() <= most) {
    return text;
  }
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) {
    --most;
  }
  return text.substr(0, most);
}

}  // namespace

std::string Pcapng::begin() {
  std::string body;
  put(body, kByteOrderMagic);
  put(body, std::uint16_t{1});
  put(body, std::uint16_t{0});
  put(body, std::numeric_limits<std::uint64_t>::max());  // the section's length is not known
  put_option(body, kApplication, "stirline capture");
  put_option(body, kEndOfOptions, {});
  return block(kSectionHeader, body);
}

std::string Pcapng::frame(const CapturedFrame& frame) {
  std::string out;
  auto found = interfaces_.find(frame.interface);
  if (found == interfaces_.end()) {
    const auto index = static_cast<std::uint32_t>(interfaces_.size());
    found = interfaces_.emplace(frame.interface, index).first;
    out = interface_block(frame.interface);
  }
  std::string body;
  put(body, found->second);
  put(body, static_cast<std::uint32_t>(frame.time_ns >> 32U));
  put(body, static_cast<std::uint32_t>(frame.time_ns));
  put(body, static_cast<std::uint32_t>(frame.octets.size()));
  put(body, frame.whole);
  body += frame.octets;
  pad(body);
  const std::uint32_t flags = frame.inbound ? 1 : 2;
  put_option(body, kPacketFlags, {reinterpret_cast<const char*>(&flags), sizeof(flags)});
  if (!frame.comment.empty()) {
    put_option(body, kComment, first_octets(frame.comment, kMaxComment));
  }
  put_option(body, kEndOfOptions, {});
  return out + block(kEnhancedPacket, body);
}

}  // namespace stirline::control
