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

// A set of header names, a bit each.
using HeaderSet = std::uint64_t;
static_assert(kHeaderIds <= 64);

template <std::size_t N>
[[nodiscard]] consteval HeaderSet set_of(const std::array<HeaderId, N>& ids) {
  HeaderSet set = 0;
  for (const HeaderId id : ids) {
    set |= HeaderSet{1} << static_cast<unsigned>(id);
  }
  return set;
}

class HeaderChains {
 public:
  // A kernel may add so many lines at once, the last ones without a name: how many lines there are is a guess less.
  static constexpr std::size_t kLinesAtOnce = 16;
  static constexpr HeaderId kNoName{63};

  void clear() {
    std::ranges::copy(kNobody, cells_.begin());
    std::ranges::copy(kNobody, tails_.begin());
  }

  // `Kernel` keeps what different kernels are compiled to apart (kernel/README.md).
  template <typename Kernel>
  void add(HeaderId id, std::size_t line) {
    const auto name = static_cast<std::size_t>(id);
    const std::size_t cell = kNames + line;
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

  // Which of the names that `once` has bits for come more than once; one bit a name, `HeaderId` says which.
  // `Block::differing` compares 32 numbers at once.
  template <typename Block>
  [[nodiscard]] HeaderSet repeated(HeaderSet once) const {
    HeaderSet set = 0;
    for (std::size_t at = 0; at < kNames; at += kAtOnce) {
      set |= HeaderSet{Block::differing(tails_.data() + at, cells_.data() + at)} << at;
    }
    return once & set;
  }

  // Goes through the lines of one name in message order.
  class Cursor {
   public:
    [[nodiscard]] bool at_end() const { return cell_ == tail_; }
    // The next line's index, unless at_end().
    [[nodiscard]] std::size_t next() {
      cell_ = cells_[cell_];
      return cell_ - kNames;
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
  static constexpr std::size_t kAtOnce = 32;
  static constexpr std::size_t kNames = (kHeaderIds + kAtOnce - 1) / kAtOnce * kAtOnce;
  using Names = std::array<std::uint16_t, kNames>;

  static constexpr Names kNobody = [] {
    Names heads{};
    for (std::size_t i = 0; i < heads.size(); ++i) {
      heads[i] = static_cast<std::uint16_t>(i);
    }
    return heads;
  }();

  // A cell for each name and behind them one for each line; each says which is next. A name without lines points to
  // itself. What is behind a tail means nothing.
  std::array<std::uint16_t, kNames + kMaxHeaderLines + kLinesAtOnce> cells_;
  static_assert(kHeaderIds <= static_cast<std::size_t>(kNoName) && static_cast<std::size_t>(kNoName) < kNames);
  Names tails_ = kNobody;
};

}  // namespace stirline::sip::detail
