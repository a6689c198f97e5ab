// Fields of a status document that another process wrote: what is missing, or of another type, counts as nothing. Pure.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace stirline::control::status_fields {

using Json = nlohmann::ordered_json;

[[nodiscard]] inline const Json& at(const Json& object, const std::string& key) {
  static const Json kNothing;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : kNothing;
}

[[nodiscard]] inline std::uint64_t number(const Json& value) {
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

[[nodiscard]] inline std::int64_t seconds(const Json& value) {
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

[[nodiscard]] inline std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace stirline::control::status_fields
