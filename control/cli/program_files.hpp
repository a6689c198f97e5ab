// Where the other programs and scripts of Stirline lie, seen from this binary: installed side by side, or in a build
// folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stirline::control::cli {

// "stirlined", "stirline-control": beside this binary, else in the sibling folders of a build.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

// lab.sh: installed under ../share/stirline, else in config/ of the source tree that holds the build folder.
[[nodiscard]] std::optional<std::filesystem::path> find_lab_script();

}  // namespace stirline::control::cli
