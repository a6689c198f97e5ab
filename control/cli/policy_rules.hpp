// Below `stirline policy`: what is about rules, not lists.
#pragma once

#include <CLI/CLI.hpp>

namespace stirline::control::cli {

void add_policy_lint(CLI::App& policy, int& status);
void add_policy_rehearse(CLI::App& policy, int& status);

}  // namespace stirline::control::cli
