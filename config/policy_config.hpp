// The section [policy] of stirline-control's configuration: rules that are not one user's, as documents in files
// (SPIT-PL-06). Explained in config/reference/stirline-control.toml.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace stirline::config {

class Section;

// In the order in which they are asked.
enum class PolicyFile : std::uint8_t {
  legal,
  operator_hard,
  group_none,
  group_closed,
  group_semi_open,
  group_open,
  operator_soft,
};
inline constexpr std::size_t kPolicyFiles = static_cast<std::size_t>(PolicyFile::operator_soft) + 1;
[[nodiscard]] std::string_view to_string(PolicyFile file);  // "operator_hard": the option

struct PolicyConfig {
  std::array<std::filesystem::path, kPolicyFiles> files = {};  // by PolicyFile; empty: no such rules
  std::array<std::uint32_t, kPolicyFiles> lines = {};          // where they are named

  [[nodiscard]] bool empty() const;
};

void read_policy(Section& section, PolicyConfig& config);

}  // namespace stirline::config
