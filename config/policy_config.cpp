#include "config/policy_config.hpp"

#include <algorithm>

#include "config/toml_reader.hpp"

namespace stirline::config {

std::string_view to_string(PolicyFile file) {
  constexpr std::array<std::string_view, kPolicyFiles> kNames{
      "legal", "operator_hard", "group_none", "group_closed", "group_semi_open", "group_open", "operator_soft",
  };
  return kNames[static_cast<std::size_t>(file)];
}

bool PolicyConfig::empty() const {
  return std::ranges::all_of(files, [](const std::filesystem::path& file) { return file.empty(); });
}

void read_policy(Section& section, PolicyConfig& config) {
  for (std::size_t i = 0; i < kPolicyFiles; ++i) {
    const std::string_view key = to_string(static_cast<PolicyFile>(i));
    section.path(key, config.files[i]);
    config.lines[i] = section.line(key);
  }
}

}  // namespace stirline::config
