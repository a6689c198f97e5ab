// Which files a daemon can still reach (Landlock, Linux 5.13 and later), whatever its user may.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace stirline::config {

// Folders with all that is below them, or single files. What does not exist is passed over.
struct FileAccess {
  std::vector<std::filesystem::path> read;     // files and lists of folders
  std::vector<std::filesystem::path> write;    // likewise, and make, change and remove files and folders
  std::vector<std::filesystem::path> sockets;  // make and remove sockets
};

// From now on and for good, for the calling thread and those it starts: so call it before there are others. Sets
// no_new_privs. Gives one word or sentence for the operator: "limited", or why the kernel or this build does not limit
// anything. An error is a kernel that could and did not.
[[nodiscard]] std::expected<std::string, std::string> limit_file_access(const FileAccess& access);

}  // namespace stirline::config
