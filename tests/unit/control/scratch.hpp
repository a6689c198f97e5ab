// What the tests of control share: a folder of their own, files in it, and turning the loop until something is so.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "control/event_loop.hpp"

namespace stirline::control::test {

inline constexpr std::chrono::seconds kDeadline{20};  // a test that waits longer has failed

// A fresh folder, removed at the end. Short: socket paths have 107 octets at most.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = "/tmp/stirline-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("mkdtemp failed");
    }
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream out(path_ / name, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) {
      throw std::runtime_error("cannot write " + name);
    }
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// Turns `loop` until `done`; false if the deadline came first.
inline bool turn_until(EventLoop& loop, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    loop.turn(std::chrono::milliseconds(10));
  }
  return true;
}

// The test PKI of the project.
inline std::filesystem::path pem(const std::string& name) {
  const char* source = std::getenv("STIRLINE_SOURCE");
  return std::filesystem::path(source == nullptr ? "." : source) / "tests" / "vectors" / "stir" / "pem" / name;
}

}  // namespace stirline::control::test
