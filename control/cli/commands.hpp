// The verbs of `stirline`: each adds itself to the command line and leaves its exit status in `status` when it is run.
#pragma once

#include <CLI/CLI.hpp>

namespace stirline::control::cli {

// Exit statuses that scripts rely on; a verb's own ones are explained in its file and in control/README.md.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRefused = 1;   // understood, and the answer is no
inline constexpr int kExitUsage = 64;    // EX_USAGE: the command line, or a file named in it, is wrong
inline constexpr int kExitMissing = 69;  // EX_UNAVAILABLE: a daemon or a program that is needed is not there
inline constexpr int kExitBusy = 75;     // EX_TEMPFAIL: try again

void add_parse(CLI::App& app, int& status);
void add_verify(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_sign(CLI::App& app, int& status);
void add_status(CLI::App& app, int& status);
void add_top(CLI::App& app, int& status);
void add_reload(CLI::App& app, int& status);
void add_cert(CLI::App& app, int& status);
void add_calls(CLI::App& app, int& status);
void add_accounting(CLI::App& app, int& status);
void add_consent(CLI::App& app, int& status);
void add_content(CLI::App& app, int& status);
void add_feedback(CLI::App& app, int& status);
void add_notices(CLI::App& app, int& status);
void add_capture(CLI::App& app, int& status);
void add_trace(CLI::App& app, int& status);
void add_xcap(CLI::App& app, int& status);
void add_policy(CLI::App& app, int& status);
void add_reputation(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_lab(CLI::App& app, int& status);

// Below `stirline cert`.
void add_cert_lint(CLI::App& cert, int& status);

}  // namespace stirline::control::cli
