#include "control/cli/program_files.hpp"

#include <array>
#include <system_error>

#include <unistd.h>

namespace stirline::control::cli {

namespace fs = std::filesystem;

namespace {

fs::path own_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  const fs::path own = own_folder();
  const std::array<fs::path, 3> candidates = {own / name, own.parent_path() / "dataplane" / name,
                                              own.parent_path() / "control" / name};
  for (const fs::path& candidate : candidates) {
    if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate)) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::optional<fs::path> find_lab_script() {
  const fs::path own = own_folder();
  std::error_code error;
  const fs::path installed = own.parent_path() / "share" / "stirline" / "lab.sh";
  if (fs::is_regular_file(installed, error)) {
    return installed;
  }
  // The build folder may lie anywhere below the source tree, at whatever depth.
  for (fs::path folder = own; folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path script = folder / "config" / "lab.sh";
    if (fs::is_regular_file(script, error) && fs::is_regular_file(folder / "meson.build", error)) {
      return script;
    }
  }
  return std::nullopt;
}

}  // namespace stirline::control::cli
