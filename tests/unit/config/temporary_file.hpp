// A file of the test's own that goes away with it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace stirline::config::test {

class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, std::string_view text)
      : folder_(std::filesystem::temp_directory_path() / ("stirline-config-" + std::to_string(::getpid()))),
        path_(folder_ / name) {
    std::filesystem::create_directories(folder_);
    std::ofstream(path_, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path path_;
};

// `text` with the first `what` replaced by `with`; `what` must be there.
inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) {
    return "the test replaces what is not there: " + std::string(what);
  }
  return text.replace(at, what.size(), with);
}

}  // namespace stirline::config::test
