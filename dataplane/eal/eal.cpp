#include "dataplane/eal/eal.hpp"

#include <rte_eal.h>
#include <rte_errno.h>

namespace stirline::dataplane {

std::expected<Eal, std::string> Eal::start(const std::vector<std::string>& arguments) {
  // EAL reorders argv and keeps pointers into it: both live as long as the process.
  static std::vector<std::string> kept;
  static std::vector<char*> argv;
  kept = arguments;
  argv.clear();
  std::string line;
  for (std::string& argument : kept) {
    argv.push_back(argument.data());
    line += argument + " ";
  }
  const int count = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  if (rte_eal_init(count, argv.data()) < 0) {
    return std::unexpected("rte_eal_init: " + std::string(rte_strerror(rte_errno)) + " (" + line + ")");
  }
  return Eal();
}

Eal::~Eal() {
  if (running_) {
    rte_eal_cleanup();
  }
}

}  // namespace stirline::dataplane
