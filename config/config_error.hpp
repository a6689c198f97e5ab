// A mistake in a configuration file, told so that it can be mended: file, line, key, what was expected, what was found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stirline::config {

struct ConfigError {
  std::string file;
  std::uint32_t line = 0;  // 1-based; 0 if the mistake has no place (a file that cannot be read)
  std::string key;         // "trunk[1].peers[0]"
  std::string expected;    // "an IP prefix such as 192.0.2.0/24"
  std::string found;       // "192.0.2.0/99"; empty if the key is absent
};

// "control.toml:12: trunk[1].peers[0]: expected an IP prefix such as 192.0.2.0/24, found \"192.0.2.0/99\""
[[nodiscard]] std::string to_string(const ConfigError& error);

// All mistakes of a file, never only the first; in the order of their lines.
using ConfigErrors = std::vector<ConfigError>;

}  // namespace stirline::config
