// Percent-encoding (RFC 3986 2.1), undone. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stirline::control {

// Octets as they are meant, any of them, zero too; nothing: a '%' without two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace stirline::control
