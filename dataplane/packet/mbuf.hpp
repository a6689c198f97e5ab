// Views of a packet that lies in one segment.
#pragma once

#include <cstdint>
#include <span>

#include <rte_mbuf.h>

namespace stirline::dataplane {

[[nodiscard]] inline std::span<std::uint8_t> octets_of(rte_mbuf* packet) {
  return {static_cast<std::uint8_t*>(packet->buf_addr) + packet->data_off, packet->data_len};
}

[[nodiscard]] inline std::span<const std::uint8_t> octets_of(const rte_mbuf* packet) {
  return {static_cast<const std::uint8_t*>(packet->buf_addr) + packet->data_off, packet->data_len};
}

}  // namespace stirline::dataplane
