// The `origid` claim (RFC 8588 5; STIR-AS-11): a UUID per call that tells outsiders nothing and that only the key's
// holder can tie to the element that signed.
//
// A UUID of version 8 (RFC 9562 5.8) whose free bits are HMAC-SHA-256(key, element id | Call-ID | From tag): the same
// call gives the same origid, also for a retransmission, two calls give unrelated ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {

using Uuid = std::array<char, kUuidBytes>;  // text, 8-4-4-4-12, lower case

// 8-4-4-4-12 hexadecimal digits, either case (RFC 9562 4).
[[nodiscard]] bool is_uuid(std::string_view text);

// Thread: one. The HMAC context is made once.
class OrigidMaker {
 public:
  static constexpr std::size_t kMinKeyBytes = 32;

  OrigidMaker(std::span<const std::uint8_t> key, std::string_view element_id);
  OrigidMaker(OrigidMaker&&) noexcept;
  OrigidMaker& operator=(OrigidMaker&&) noexcept;
  ~OrigidMaker();

  [[nodiscard]] Uuid make(std::string_view call_id, std::string_view from_tag);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
