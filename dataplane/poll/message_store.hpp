// Contiguous memory for messages that came in fragments: a few sizes, allocated once, lent and given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stirline::dataplane {

// Thread: one poll core. Memory: small x 4 kB + large x 64 kB, touched only when used.
class MessageStore {
 public:
  static constexpr std::size_t kSmallBytes = 4'096;
  static constexpr std::size_t kLargeBytes = 65'536;

  MessageStore(std::size_t small, std::size_t large);

  // Room for `octets` (at most kLargeBytes); empty if there is none left. A small message never takes a large buffer's
  // place.
  [[nodiscard]] std::span<std::uint8_t> take(std::size_t octets);
  void give_back(std::span<std::uint8_t> buffer);

  [[nodiscard]] std::size_t large_lent() const { return large_.count - large_.free.size(); }

 private:
  struct Shelf {
    std::size_t size = 0;
    std::size_t count = 0;
    std::unique_ptr<std::uint8_t[]> memory;
    std::vector<std::uint8_t*> free;
  };
  [[nodiscard]] static Shelf make_shelf(std::size_t count, std::size_t size);

  Shelf small_;
  Shelf large_;
};

}  // namespace stirline::dataplane
