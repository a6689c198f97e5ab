// Tables on their way from control to the data plane: immutable, position-independent images, validated completely
// before use.
//
// An image is one header, fixed-size records and a pool of octets that records refer to by offset and length;
// little-endian; it travels in a sealed memfd and is read in place. Errors name the table and what is wrong; a bad
// image changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::config::tables {

enum class TableKind : std::uint16_t {
  trunks = 1,
  numbers = 2,
  credentials = 3,
  certificates = 4,
  user_rules = 5,    // a shard of config/policy/user_shard.hpp
  common_rules = 6,  // config/policy/common_rules.hpp
  lists = 7,         // config/policy/list_table.hpp
  content = 8,       // config/policy/content/content_table.hpp
};
[[nodiscard]] std::string_view to_string(TableKind kind);

inline constexpr std::size_t kMaxImageBytes = std::size_t{256} << 20;

using Image = std::vector<std::byte>;
using ImageView = std::span<const std::byte>;

struct TableError {
  std::string text;  // "credentials: record 3: x5u runs past the pool"
};

// Changes whenever a record layout changes; both daemons compare it when they greet each other.
[[nodiscard]] std::uint64_t schema_hash();

}  // namespace stirline::config::tables
