// Logs go to stderr: with a time stamp for people, in journald's form ("<6>text") when systemd listens.
#pragma once

#include <string>

namespace stirline::control {

// Once, at start. Under systemd JOURNAL_STREAM is set and journald stamps the time itself.
void start_logging();

// "error", "warning", "info" or "debug": what config lets through.
void set_log_level(const std::string& level);

}  // namespace stirline::control
