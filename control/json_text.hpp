// Texts in JSON that somebody else has made.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace stirline::control {

// The text `name` of an object; empty if there is none. `Json`: nlohmann's, in whatever order.
template <typename Json>
[[nodiscard]] std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : std::string();
}

}  // namespace stirline::control
