// Which header lines carry a name: how many, and one after the other in message order. Internal.
//
// Adding a line takes no branch: what changes from message to message is which names occur, and nobody can predict
// that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sip_parser/header_id.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// A set of header names, a bit each.
using HeaderSet = std::uint64_t;
static_assert(kHeaderIds <= 64);

[[nodiscard]] constexpr HeaderSet bit_of(HeaderId id) {
  return HeaderSet{1} << static_cast<unsigned>(id);
}

class HeaderChains {
 public:
  void clear() {
    seen_ = 0;
    repeated_ = 0;
    counts_.fill(0);
    tails_ = kHeads;
  }

  // `Kernel` keeps what different kernels are compiled to apart (kernel/README.md).
  template <typename Kernel>
  void add(HeaderId id, std::size_t line) {
    const auto name = static_cast<std::size_t>(id);
    repeated_ |= seen_ & bit_of(id);
    seen_ |= bit_of(id);
    ++counts_[name];
    links_[tails_[name]] = static_cast<std::uint16_t>(line);
    tails_[name] = static_cast<std::uint16_t>(kHeaderIds + line);
  }

  [[nodiscard]] HeaderSet seen() const { return seen_; }
  [[nodiscard]] HeaderSet repeated() const { return repeated_; }
  [[nodiscard]] std::size_t count(HeaderId id) const { return counts_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::size_t first(HeaderId id) const { return links_[static_cast<std::size_t>(id)]; }  // count() > 0
  [[nodiscard]] std::size_t next(std::size_t line) const { return links_[kHeaderIds + line]; }  // if there is another

 private:
  static constexpr std::array<std::uint16_t, kHeaderIds> kHeads = [] {
    std::array<std::uint16_t, kHeaderIds> heads{};
    for (std::size_t i = 0; i < heads.size(); ++i) {
      heads[i] = static_cast<std::uint16_t>(i);
    }
    return heads;
  }();

  HeaderSet seen_ = 0;
  HeaderSet repeated_ = 0;
  std::array<std::uint16_t, kHeaderIds> counts_{};
  std::array<std::uint16_t, kHeaderIds> tails_ = kHeads;           // where the next line of this name is noted
  std::array<std::uint16_t, kHeaderIds + kMaxHeaderLines> links_;  // first line of each name, then next line of each
};

}  // namespace stirline::sip::detail
