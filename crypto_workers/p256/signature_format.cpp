#include "crypto_workers/p256/signature_format.hpp"

#include <algorithm>

namespace stirline::crypto {
namespace {

// n of P-256 (SP 800-186 3.2.1.3).
constexpr std::array<std::uint8_t, kScalarBytes> kOrder = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kInteger = 0x02;

void append_integer(DerSignature& der, std::span<const std::uint8_t> scalar) {
  while (scalar.size() > 1 && scalar.front() == 0) {
    scalar = scalar.subspan(1);
  }
  const bool sign_octet = (scalar.front() & 0x80U) != 0;
  der.octets[der.length++] = kInteger;
  der.octets[der.length++] = static_cast<std::uint8_t>(scalar.size() + (sign_octet ? 1 : 0));
  if (sign_octet) {
    der.octets[der.length++] = 0;
  }
  std::ranges::copy(scalar, der.octets.begin() + static_cast<std::ptrdiff_t>(der.length));
  der.length += scalar.size();
}

// Takes one INTEGER off the front of `rest` and writes it right-aligned to `out`.
bool take_integer(std::span<const std::uint8_t>& rest, std::span<std::uint8_t> out) {
  if (rest.size() < 3 || rest[0] != kInteger || rest[1] == 0 || rest[1] > kScalarBytes + 1 ||
      rest.size() - 2 < rest[1]) {
    return false;
  }
  std::span<const std::uint8_t> value = rest.subspan(2, rest[1]);
  rest = rest.subspan(2 + value.size());
  const bool negative = (value.front() & 0x80U) != 0;
  const bool padded = value.size() > 1 && value.front() == 0 && (value[1] & 0x80U) == 0;  // X.690 8.3.2
  if (negative || padded) {
    return false;
  }
  if (value.size() > kScalarBytes) {
    if (value.front() != 0) {
      return false;
    }
    value = value.subspan(1);
  }
  const std::size_t padding = kScalarBytes - value.size();
  std::ranges::fill(out.first(padding), std::uint8_t{0});
  std::ranges::copy(value, out.subspan(padding).begin());
  return true;
}

}  // namespace

bool is_group_scalar(std::span<const std::uint8_t, kScalarBytes> scalar) {
  const bool zero = std::ranges::all_of(scalar, [](std::uint8_t octet) { return octet == 0; });
  return !zero && std::ranges::lexicographical_compare(scalar, kOrder);
}

DerSignature der_from_raw(std::span<const std::uint8_t, kSignatureBytes> raw) {
  DerSignature der;
  der.length = 2;
  append_integer(der, raw.first<kScalarBytes>());
  append_integer(der, raw.last<kScalarBytes>());
  der.octets[0] = kSequence;
  der.octets[1] = static_cast<std::uint8_t>(der.length - 2);
  return der;
}

std::optional<std::array<std::uint8_t, kSignatureBytes>> raw_from_der(std::span<const std::uint8_t> der) {
  if (der.size() < 2 || der.size() > kMaxDerSignatureBytes || der[0] != kSequence || der[1] != der.size() - 2) {
    return std::nullopt;
  }
  std::array<std::uint8_t, kSignatureBytes> raw{};
  std::span<const std::uint8_t> rest = der.subspan(2);
  const std::span<std::uint8_t> out(raw);
  if (!take_integer(rest, out.first(kScalarBytes)) || !take_integer(rest, out.last(kScalarBytes)) || !rest.empty()) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace stirline::crypto
