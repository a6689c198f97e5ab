#include "crypto_workers/p256/key_tables.hpp"

#include <algorithm>
#include <utility>

namespace stirline::crypto {
namespace {

constexpr std::size_t bytes_of(unsigned bits) {
  return table_entries(bits) * sizeof(TableEntry);
}

}  // namespace

KeyTables::KeyTables(std::size_t budget_bytes) : budget_(budget_bytes) {}

KeyTable* KeyTables::find(const PointOctets& point, KeyTableHint& hint) {
  if (hint.generation != generation_) {
    const auto found = tables_.find(point);
    hint = {found == tables_.end() ? nullptr : found->second.get(), generation_};
  }
  return hint.table;
}

std::unique_ptr<TableEntry[]> KeyTables::allocate(unsigned bits) const {
  if (bytes_of(bits) > budget_) {
    return nullptr;
  }
  return std::make_unique_for_overwrite<TableEntry[]>(table_entries(bits));
}

void KeyTables::publish(const PointOctets& point, unsigned bits, std::unique_ptr<TableEntry[]> entries,
                        std::uint64_t now) {
  std::uint64_t uses = 0;
  if (const auto old = tables_.find(point); old != tables_.end()) {
    uses = old->second->uses;
    drop(point);
  }
  make_room(bytes_of(bits));
  bytes_ += bytes_of(bits);
  tables_.emplace(point, std::make_unique<KeyTable>(KeyTable{point, bits, std::move(entries), uses, now}));
  ++generation_;
}

void KeyTables::drop(const PointOctets& point) {
  const auto found = tables_.find(point);
  if (found != tables_.end()) {
    bytes_ -= bytes_of(found->second->bits);
    tables_.erase(found);
    ++generation_;
  }
}

void KeyTables::bar(const PointOctets& point, std::uint64_t until) {
  drop(point);
  if (barred_.size() == kMostBarred) {
    barred_.erase(std::ranges::min_element(barred_, {}, [](const auto& named) { return named.second; }));
  }
  barred_[point] = until;
}

bool KeyTables::barred(const PointOctets& point, std::uint64_t now) {
  const auto found = barred_.find(point);
  if (found == barred_.end()) {
    return false;
  }
  if (found->second > now) {
    return true;
  }
  barred_.erase(found);
  return false;
}

void KeyTables::make_room(std::size_t bytes) {
  while (!tables_.empty() && bytes_ + bytes > budget_) {
    const auto oldest = std::ranges::min_element(tables_, {}, [](const auto& named) { return named.second->last_use; });
    const PointOctets point = oldest->first;
    drop(point);
  }
}

}  // namespace stirline::crypto
