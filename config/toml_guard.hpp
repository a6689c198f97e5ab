// What Debian 12's toml++ 3.3 must not see: it takes some malformed texts for impossible, and aborts or behaves
// undefined where it should report. Internal to config.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stirline::config {

struct TomlObstacle {
  std::uint32_t line = 0;  // 1-based
  std::string_view found;  // static text
};

// The first table header that begins with no name ("[[[a]]]", "[="), or the first character that is not ASCII outside
// texts and comments. Either is malformed TOML in any case.
[[nodiscard]] std::optional<TomlObstacle> find_obstacle(std::string_view text);

}  // namespace stirline::config
