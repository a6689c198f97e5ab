// What becomes of a call, from the least that a rule can permit to the most (SPIT-CP-07, SPIT-PL-03). Rules that match
// together are combined by the highest, as common policy combines all values (RFC 4745 10.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::config::policy {

enum class Handling : std::uint8_t {
  none,          // nothing is said
  block,         // refused with a final answer
  polite_block,  // refused so that the caller learns nothing (SPIT-PL-04)
  challenge,     // may go on once it has passed a component's test (SPIT-PL-05)
  forward,       // goes on to somewhere else
  allow_marked,  // goes on, marked as perhaps unwanted
  allow,         // goes on
};
inline constexpr std::size_t kHandlings = static_cast<std::size_t>(Handling::allow) + 1;
[[nodiscard]] std::string_view to_string(Handling handling);  // "polite-block"

// Who carries out a challenge. A new one is an enumerator, its element in control's table, and the code behind it.
enum class Component : std::uint8_t { none, hashcash, turing, consent, payment };
inline constexpr std::size_t kComponents = static_cast<std::size_t>(Component::payment) + 1;
[[nodiscard]] std::string_view to_string(Component component);

// Whose rules decide: the first layer, in this order, that says anything about the call (SPIT-PL-06).
enum class Layer : std::uint8_t { legal, operator_hard, user, group_default, operator_soft, none };
inline constexpr std::size_t kLayers = static_cast<std::size_t>(Layer::none);
[[nodiscard]] std::string_view to_string(Layer layer);  // "operator-hard"

}  // namespace stirline::config::policy
