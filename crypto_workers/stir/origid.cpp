#include "crypto_workers/stir/origid.hpp"

namespace stirline::crypto {

OrigidGenerator::OrigidGenerator(std::span<const std::uint8_t, kOrigidKeyBytes> key) : hmac_(key) {}

bool OrigidGenerator::make(std::string_view element, std::string_view call_id, std::string_view from_tag,
                           std::array<char, kUuidBytes>& uuid) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kUuidOctets = 16;
  const auto made =
      hmac_.make([&](MacInput& input) { return input.add(element) && input.add(call_id) && input.add(from_tag); });
  if (!made) {
    return false;
  }
  HmacSha256::Octets mac = *made;
  mac[6] = static_cast<std::uint8_t>((mac[6] & 0x0fU) | 0x80U);  // version 8
  mac[8] = static_cast<std::uint8_t>((mac[8] & 0x3fU) | 0x80U);  // variant of RFC 9562
  std::size_t at = 0;
  for (std::size_t i = 0; i < kUuidOctets; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      uuid[at++] = '-';
    }
    uuid[at++] = kHex[mac[i] >> 4U];
    uuid[at++] = kHex[mac[i] & 0x0fU];
  }
  return true;
}

}  // namespace stirline::crypto
