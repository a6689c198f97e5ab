// Text seen as octets: what hashes and encoders take.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stirline::crypto {

[[nodiscard]] inline std::span<const std::uint8_t> octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace stirline::crypto
