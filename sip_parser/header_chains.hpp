// Which header lines carry a name: how many, and one after the other in message order. Internal.
//
// Adding a line takes no branch: what changes from message to message is which names occur, and nobody can predict
// that.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sip_parser/header_id.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

class HeaderChains {
 public:
  void clear() {
    std::ranges::copy(kNobody, cells_.begin());
    tails_ = kNobody;
  }

  // `Kernel` keeps what different kernels are compiled to apart (kernel/README.md).
  template <typename Kernel>
  void add(HeaderId id, std::size_t line) {
    const auto name = static_cast<std::size_t>(id);
    const std::size_t cell = kHeaderIds + line;
    cells_[tails_[name]] = static_cast<std::uint16_t>(cell);
    tails_[name] = static_cast<std::uint16_t>(cell);
  }

  [[nodiscard]] bool has(HeaderId id) const {
    const auto name = static_cast<std::size_t>(id);
    return tails_[name] != name;
  }

  [[nodiscard]] bool repeats(HeaderId id) const {
    const auto name = static_cast<std::size_t>(id);
    return cells_[name] != tails_[name];
  }

  // Goes through the lines of one name in message order.
  class Cursor {
   public:
    [[nodiscard]] bool at_end() const { return cell_ == tail_; }
    // The next line's index, unless at_end().
    [[nodiscard]] std::size_t next() {
      cell_ = cells_[cell_];
      return cell_ - kHeaderIds;
    }

   private:
    friend class HeaderChains;
    Cursor(const std::uint16_t* cells, std::size_t head, std::size_t tail) : cells_(cells), cell_(head), tail_(tail) {}

    const std::uint16_t* cells_;
    std::size_t cell_;
    std::size_t tail_;
  };
  [[nodiscard]] Cursor lines(HeaderId id) const {
    const auto name = static_cast<std::size_t>(id);
    return {cells_.data(), name, tails_[name]};
  }

  [[nodiscard]] std::size_t count(HeaderId id) const {
    std::size_t lines_seen = 0;
    for (Cursor cursor = lines(id); !cursor.at_end(); ++lines_seen) {
      static_cast<void>(cursor.next());
    }
    return lines_seen;
  }

 private:
  static constexpr std::array<std::uint16_t, kHeaderIds> kNobody = [] {
    std::array<std::uint16_t, kHeaderIds> heads{};
    for (std::size_t i = 0; i < heads.size(); ++i) {
      heads[i] = static_cast<std::uint16_t>(i);
    }
    return heads;
  }();

  // A cell for each name and behind them one for each line; each says which is next. A name without lines points to
  // itself. What is behind a tail means nothing.
  std::array<std::uint16_t, kHeaderIds + kMaxHeaderLines> cells_;
  std::array<std::uint16_t, kHeaderIds> tails_ = kNobody;
};

}  // namespace stirline::sip::detail
