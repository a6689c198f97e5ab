#include "control/records/pseudonym.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "control/read_file.hpp"

namespace stirline::control {
namespace {

constexpr std::size_t kShownBytes = 16;

}  // namespace

std::expected<Pseudonyms, std::string> Pseudonyms::load(const std::filesystem::path& key_file) {
  auto octets = read_file(key_file, kKeyBytes);
  if (!octets) {
    return std::unexpected(fmt::format("{}: {}", key_file.string(), octets.error()));
  }
  Pseudonyms pseudonyms;
  const bool good = octets->size() == kKeyBytes;
  if (good) {
    std::ranges::copy(*octets, pseudonyms.key_.data());
  }
  OPENSSL_cleanse(octets->data(), octets->size());
  if (!good) {
    return std::unexpected(
        fmt::format("{}: expected a key of {} octets, found {}", key_file.string(), kKeyBytes, octets->size()));
  }
  return pseudonyms;
}

std::string Pseudonyms::of(std::string_view text) const {
  if (text.empty()) {
    return {};
  }
  std::array<std::uint8_t, 32> code{};
  unsigned length = 0;
  if (::HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &length) == nullptr) {
    throw std::runtime_error("OpenSSL offers no HMAC-SHA-256");
  }
  std::string shown = "p:";
  for (const std::uint8_t octet : std::span(code).first(kShownBytes)) {
    fmt::format_to(std::back_inserter(shown), "{:02x}", octet);
  }
  return shown;
}

}  // namespace stirline::control
