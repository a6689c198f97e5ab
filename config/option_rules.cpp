#include "config/option_rules.hpp"

#include <filesystem>

namespace stirline::config {

void read_socket_path(Section& section, std::string_view key, std::string& into) {
  std::filesystem::path path;
  if (!section.path(key, path)) {
    return;
  }
  into = path.string();
  if (into.size() > 107) {
    section.fail(key, "a socket path of at most 107 octets", std::to_string(into.size()) + " octets: " + into);
  }
}

}  // namespace stirline::config
