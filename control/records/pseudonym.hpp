// Numbers that only the holder of a key can ask for: HMAC-SHA-256 (RFC 2104) in place of the text (STIR-PR-04).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "crypto_workers/secret_bytes.hpp"

namespace stirline::control {

class Pseudonyms {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  // The error is a sentence with the file's name.
  [[nodiscard]] static std::expected<Pseudonyms, std::string> load(const std::filesystem::path& key_file);

  // "p:" and the first 16 octets of the HMAC, hexadecimal; empty for an empty text. Throws std::runtime_error if the
  // library fails.
  [[nodiscard]] std::string of(std::string_view text) const;

 private:
  Pseudonyms() = default;
  crypto::SecretBytes<kKeyBytes> key_;
};

}  // namespace stirline::control
