// HMAC-SHA-256 over what two requests of a caller have in common: challenges are made again from the request that
// answers them, and nothing is kept (SPIT-MK-05). One per thread; no heap of our own per call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace stirline::crypto {

inline constexpr std::size_t kCallMacBytes = 32;
using CallMacOctets = std::array<std::uint8_t, kCallMacBytes>;

class CallMac {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  // `purpose` keeps what is made for one thing from being taken for another. Throws std::runtime_error if OpenSSL has
  // no HMAC.
  CallMac(std::span<const std::uint8_t, kKeyBytes> key, std::string_view purpose);
  ~CallMac();
  CallMac(const CallMac&) = delete;
  CallMac& operator=(const CallMac&) = delete;

  // Nothing if the library fails.
  [[nodiscard]] std::optional<CallMacOctets> of(std::initializer_list<std::string_view> texts, std::uint32_t number);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
