#include "dataplane/poll/message_store.hpp"

namespace stirline::dataplane {

MessageStore::MessageStore(std::size_t small, std::size_t large)
    : small_(make_shelf(small, kSmallBytes)), large_(make_shelf(large, kLargeBytes)) {}

MessageStore::Shelf MessageStore::make_shelf(std::size_t count, std::size_t size) {
  Shelf shelf;
  shelf.size = size;
  shelf.count = count;
  shelf.memory = std::make_unique_for_overwrite<std::uint8_t[]>(count * size);
  shelf.free.reserve(count);
  for (std::size_t i = count; i > 0; --i) {
    shelf.free.push_back(shelf.memory.get() + (i - 1) * size);
  }
  return shelf;
}

std::span<std::uint8_t> MessageStore::take(std::size_t octets) {
  Shelf& shelf = octets <= kSmallBytes ? small_ : large_;
  if (octets > shelf.size || shelf.free.empty()) {
    return {};
  }
  std::uint8_t* buffer = shelf.free.back();
  shelf.free.pop_back();
  return {buffer, shelf.size};
}

void MessageStore::give_back(std::span<std::uint8_t> buffer) {
  Shelf& shelf = buffer.size() == kSmallBytes ? small_ : large_;
  shelf.free.push_back(buffer.data());
}

}  // namespace stirline::dataplane
