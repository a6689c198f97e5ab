// Small JSON objects that come in from outside: bounded, and of known members only. Pure; any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace stirline::control {

// An object with members of these names and no others, in at most `most` octets. The error is a phrase for whoever has
// sent it.
[[nodiscard]] std::expected<nlohmann::json, std::string> read_json_object(
    std::string_view body, std::size_t most, std::initializer_list<std::string_view> names);

}  // namespace stirline::control
