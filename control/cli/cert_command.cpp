// stirline cert: the verbs about certificates.
#include "control/cli/commands.hpp"

namespace stirline::control::cli {

void add_cert(CLI::App& app, int& status) {
  CLI::App* cert = app.add_subcommand("cert", "Certificates of others and our own");
  cert->require_subcommand(1);
  add_cert_lint(*cert, status);
}

}  // namespace stirline::control::cli
