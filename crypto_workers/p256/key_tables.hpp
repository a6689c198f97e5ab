// The window tables of keys that verify: which key has one, how much room they take, which must go.
//
// Tables belong to points, not to key objects: they outlive a reload of the same certificates. One crypto core owns
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto {

using PointOctets = std::array<std::uint8_t, 64>;  // x, y, big-endian

struct KeyTable {
  PointOctets point{};
  unsigned bits = 0;
  std::unique_ptr<TableEntry[]> entries;
  std::uint64_t uses = 0;
  std::uint64_t last_use = 0;  // in batches
  std::uint64_t met_sums = 0;
};

// What a key remembers of its last search.
struct KeyTableHint {
  KeyTable* table = nullptr;
  std::uint64_t generation = 0;
};

class KeyTables {
 public:
  explicit KeyTables(std::size_t budget_bytes);

  // Nothing if the point has no table. Valid until the next publish() or drop().
  [[nodiscard]] KeyTable* find(const PointOctets& point, KeyTableHint& hint);

  // Room for a table, uninitialized; nothing if it is larger than the budget.
  [[nodiscard]] std::unique_ptr<TableEntry[]> allocate(unsigned bits) const;
  // In place of what the point had; those unused for longest make room.
  void publish(const PointOctets& point, unsigned bits, std::unique_ptr<TableEntry[]> entries, std::uint64_t now);
  void drop(const PointOctets& point);

  // No table for this point until batch `until`: its owner costs more than he brings.
  void bar(const PointOctets& point, std::uint64_t until);
  [[nodiscard]] bool barred(const PointOctets& point, std::uint64_t now);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t count() const { return tables_.size(); }

 private:
  struct Hash {
    // Points come from certificates whose chain was found good: nobody floods a bucket with them.
    std::size_t operator()(const PointOctets& point) const {
      return std::hash<std::string_view>{}({reinterpret_cast<const char*>(point.data()), point.size()});
    }
  };

  static constexpr std::size_t kMostBarred = 1'024;  // then the one that has least to wait is let off

  void make_room(std::size_t bytes);

  std::size_t budget_;
  std::size_t bytes_ = 0;
  std::uint64_t generation_ = 1;
  std::unordered_map<PointOctets, std::unique_ptr<KeyTable>, Hash> tables_;
  std::unordered_map<PointOctets, std::uint64_t, Hash> barred_;  // until which batch
};

}  // namespace stirline::crypto
