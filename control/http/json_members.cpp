#include "control/http/json_members.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::json;

std::expected<Json, std::string> read_json_object(std::string_view body, std::size_t most,
                                                  std::initializer_list<std::string_view> names) {
  if (body.size() > most) {
    return std::unexpected("is too long");
  }
  Json document = Json::parse(body, nullptr, false);
  if (!document.is_object()) {
    return std::unexpected("is no JSON object");
  }
  for (const auto& [name, value] : document.items()) {
    if (std::ranges::find(names, name) == names.end()) {
      return std::unexpected("has a member that is not known");
    }
  }
  return document;
}

}  // namespace stirline::control
