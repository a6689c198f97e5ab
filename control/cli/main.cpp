// stirline: the operator's command. Every verb is thin: the work is done by the libraries that the daemons use.
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "control/cli/commands.hpp"

int main(int argc, char** argv) {
  namespace cli = stirline::control::cli;
  int status = cli::kExitOk;
  try {
    CLI::App app("Stirline signs, verifies and judges calls inline. This is the operator's command.", "stirline");
    app.require_subcommand(1);
    cli::add_run(app, status);
    cli::add_lab(app, status);
    cli::add_status(app, status);
    cli::add_top(app, status);
    cli::add_reload(app, status);
    cli::add_cert(app, status);
    cli::add_calls(app, status);
    cli::add_accounting(app, status);
    cli::add_consent(app, status);
    cli::add_content(app, status);
    cli::add_feedback(app, status);
    cli::add_notices(app, status);
    cli::add_trace(app, status);
    cli::add_capture(app, status);
    cli::add_xcap(app, status);
    cli::add_policy(app, status);
    cli::add_reputation(app, status);
    cli::add_parse(app, status);
    cli::add_verify(app, status);
    cli::add_sign(app, status);
    cli::add_explain(app, status);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? cli::kExitOk : cli::kExitUsage;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "stirline: {}\n", error.what());
    return cli::kExitRefused;
  }
  return status;
}
