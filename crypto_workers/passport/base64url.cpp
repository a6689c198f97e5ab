#include "crypto_workers/passport/base64url.hpp"

#include <array>

namespace stirline::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0xff;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

constexpr char digit(std::uint32_t bits, unsigned shift) {
  return kAlphabet[(bits >> shift) & 0x3fU];
}

}  // namespace

std::size_t base64url_encode(std::span<const std::uint8_t> octets, std::span<char> out) {
  const std::size_t size = base64url_encoded_size(octets.size());
  if (size > out.size()) {
    return 0;
  }
  std::size_t at = 0;
  std::size_t i = 0;
  for (; octets.size() - i >= 3; i += 3) {
    const std::uint32_t bits = (std::uint32_t{octets[i]} << 16U) | (std::uint32_t{octets[i + 1]} << 8U) | octets[i + 2];
    out[at++] = digit(bits, 18);
    out[at++] = digit(bits, 12);
    out[at++] = digit(bits, 6);
    out[at++] = digit(bits, 0);
  }
  if (octets.size() - i == 1) {
    const std::uint32_t bits = std::uint32_t{octets[i]} << 16U;
    out[at++] = digit(bits, 18);
    out[at++] = digit(bits, 12);
  } else if (octets.size() - i == 2) {
    const std::uint32_t bits = (std::uint32_t{octets[i]} << 16U) | (std::uint32_t{octets[i + 1]} << 8U);
    out[at++] = digit(bits, 18);
    out[at++] = digit(bits, 12);
    out[at++] = digit(bits, 6);
  }
  return size;
}

std::optional<std::size_t> base64url_decode(std::string_view text, std::span<std::uint8_t> out) {
  const std::size_t tail = text.size() % 4;
  const std::size_t size = text.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1);
  if (tail == 1 || size > out.size()) {
    return std::nullopt;
  }
  const auto value = [&](std::size_t i) -> std::uint32_t { return kValues[static_cast<unsigned char>(text[i])]; };
  std::uint32_t seen = 0;  // bits 6 and 7 are only ever set by kInvalid
  std::size_t at = 0;
  std::size_t i = 0;
  for (; text.size() - i >= 4; i += 4) {
    const std::uint32_t a = value(i);
    const std::uint32_t b = value(i + 1);
    const std::uint32_t c = value(i + 2);
    const std::uint32_t d = value(i + 3);
    seen |= a | b | c | d;
    out[at++] = static_cast<std::uint8_t>(a << 2U | b >> 4U);
    out[at++] = static_cast<std::uint8_t>(b << 4U | c >> 2U);
    out[at++] = static_cast<std::uint8_t>(c << 6U | d);
  }
  std::uint32_t leftover = 0;  // bits behind the last octet: must be zero (RFC 4648 3.5)
  if (tail >= 2) {
    const std::uint32_t a = value(i);
    const std::uint32_t b = value(i + 1);
    seen |= a | b;
    out[at++] = static_cast<std::uint8_t>(a << 2U | b >> 4U);
    leftover = b & 0x0fU;
    if (tail == 3) {
      const std::uint32_t c = value(i + 2);
      seen |= c;
      out[at++] = static_cast<std::uint8_t>(b << 4U | c >> 2U);
      leftover = c & 0x03U;
    }
  }
  if ((seen & 0xc0U) != 0 || leftover != 0) {
    return std::nullopt;
  }
  return size;
}

}  // namespace stirline::crypto
