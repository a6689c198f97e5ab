// Members of an object of the JSON library, without its errors: there and of the type that is wanted, or not.
#pragma once

#include <optional>
#include <string_view>

#include <simdjson.h>

namespace stirline::crypto {

template <typename T>
[[nodiscard]] std::optional<T> member(const simdjson::dom::object& object, std::string_view name) {
  T value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

[[nodiscard]] inline bool has(const simdjson::dom::object& object, std::string_view name) {
  return object.at_key(name).error() == simdjson::SUCCESS;
}

}  // namespace stirline::crypto
