// Where the test data lies that is not part of this project: the folder of meson's option `test_data`.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace stirline::test {

// The file or folder `relative` below the test data folder, or nothing if it is absent: the test then skips and says
// so.
inline std::optional<std::filesystem::path> test_data(const std::string& relative) {
  const char* root = std::getenv("STIRLINE_TEST_DATA");
  if (root == nullptr) {
    return std::nullopt;
  }
  std::filesystem::path path = std::filesystem::path(root) / relative;
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  return path;
}

// The whole content of `path`, octet for octet.
inline std::string read_file(const std::filesystem::path& path) {
  std::string content(std::filesystem::file_size(path), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  return content;
}

}  // namespace stirline::test
