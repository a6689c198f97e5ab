// What the verbs print: JSON for scripts, columns for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace stirline::control::cli {

using Json = nlohmann::ordered_json;  // members stay in the order in which they were put

// One line. Octets that are no UTF-8 (a header may hold any) become U+FFFD: the output is always JSON.
[[nodiscard]] std::string to_line(const Json& value);

// For terminals: control characters as \xNN, octets that are no UTF-8 as U+FFFD, so that a hostile
// message cannot steer the operator's screen.
[[nodiscard]] std::string printable(std::string_view text);

// Rows under a heading, columns as wide as their widest cell. Rows may be shorter than the heading.
[[nodiscard]] std::string to_table(const std::vector<std::string>& heading,
                                   const std::vector<std::vector<std::string>>& rows);

// The text `name` of an object as a cell; "-" if there is none.
[[nodiscard]] std::string cell_of(const Json& object, const char* name);

// Any JSON document for people: members as "name value", an array of objects as a table, everything indented by depth.
[[nodiscard]] std::string to_text(const Json& value);

}  // namespace stirline::control::cli
