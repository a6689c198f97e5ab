// stirline lab: the laboratory of four namespaces, config/lab.sh; its arguments are passed on.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "control/cli/commands.hpp"
#include "control/cli/program_files.hpp"

namespace stirline::control::cli {

void add_lab(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("lab", "Calls between two appliances in network namespaces of this machine");
  verb->prefix_command();
  verb->callback([verb, &status] {
    const auto script = find_lab_script();
    if (!script) {
      fmt::print(stderr, "stirline lab: lab.sh is neither installed nor in the source tree of this binary\n");
      status = kExitMissing;
      return;
    }
    std::vector<std::string> arguments = verb->remaining();
    arguments.insert(arguments.begin(), script->string());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    fmt::print(stderr, "stirline lab: {}: {}\n", script->string(), std::strerror(errno));
    status = kExitMissing;
  });
}

}  // namespace stirline::control::cli
