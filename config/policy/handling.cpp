#include "config/policy/handling.hpp"

#include <array>

namespace stirline::config::policy {

std::string_view to_string(Handling handling) {
  constexpr std::array<std::string_view, kHandlings> kNames{
      "none", "block", "polite-block", "challenge", "forward", "allow-marked", "allow",
  };
  return kNames[static_cast<std::size_t>(handling)];
}

std::string_view to_string(Component component) {
  constexpr std::array<std::string_view, kComponents> kNames{"none", "hashcash", "turing", "consent", "payment"};
  return kNames[static_cast<std::size_t>(component)];
}

std::string_view to_string(Layer layer) {
  constexpr std::array<std::string_view, kLayers + 1> kNames{
      "legal", "operator-hard", "user", "group-default", "operator-soft", "none",
  };
  return kNames[static_cast<std::size_t>(layer)];
}

}  // namespace stirline::config::policy
