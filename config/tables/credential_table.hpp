// Signing credentials: the only place where private keys travel. The image's memory is wiped by whoever holds it last
// (config/wipe.hpp); a Credential wipes its own scalar.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/tables/image.hpp"
#include "config/wipe.hpp"
#include "crypto_workers/passport/rich_call_text.hpp"

namespace stirline::config::tables {

struct Credential {
  std::string name;
  std::string x5u;
  std::array<std::uint8_t, 32> scalar{};  // P-256 private key, big-endian
  std::array<std::uint8_t, 65> point{};   // its public key, uncompressed
  std::int64_t not_before = 0;            // seconds since 1970
  std::int64_t not_after = 0;
  crypto::RichCallText rich_call_data;  // what callers under it show of themselves

  ~Credential() { wipe(std::as_writable_bytes(std::span(scalar))); }
};

[[nodiscard]] Image encode_credentials(const std::vector<Credential>& credentials);
[[nodiscard]] std::expected<std::vector<Credential>, TableError> decode_credentials(ImageView image);

}  // namespace stirline::config::tables
