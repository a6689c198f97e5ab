// Blanks inside a token: folds, and folds that a proxy has turned into blanks (STIR-HDR-01; RFC 3261 7.3.1). The
// signature covers what is left without them. Pure functions over memory of the caller.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace stirline::crypto {

[[nodiscard]] bool is_folded(std::string_view token);

// Copies `token` without its blanks to `out`. Nothing if that does not fit.
[[nodiscard]] std::optional<std::string_view> unfold(std::string_view token, std::span<char> out);

}  // namespace stirline::crypto
