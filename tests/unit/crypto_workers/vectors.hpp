// The vectors of tests/vectors/stir and the tools to read them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "crypto_workers/certificate/private_key.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::test {

inline std::filesystem::path own_vector(const std::string& relative) {
  const char* source = std::getenv("STIRLINE_SOURCE");
  if (source == nullptr) {
    throw std::runtime_error("STIRLINE_SOURCE is not set: run this through meson test");
  }
  return std::filesystem::path(source) / "tests/vectors/stir" / relative;
}

inline std::string own_text(const std::string& relative) {
  std::string text = read_file(own_vector(relative));
  if (text.empty()) {
    throw std::runtime_error("missing vector " + relative);
  }
  return text;
}

inline nlohmann::json own_json(const std::string& relative) {
  return nlohmann::json::parse(own_text(relative));
}

inline crypto::PrivateKey own_key(const std::string& name) {
  auto key = crypto::PrivateKey::from_pem(own_text("pem/" + name));
  if (!key) {
    throw std::runtime_error(name + ": " + key.error());
  }
  return *std::move(key);
}

inline std::vector<std::uint8_t> from_hex(std::string_view hex) {
  std::vector<std::uint8_t> octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return octets;
}

inline std::span<const std::uint8_t> octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace stirline::test
