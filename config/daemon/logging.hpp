// Both daemons' logs go to stderr: with a time stamp for people, in journald's form ("<6>text") when it is journald
// that reads them.
#pragma once

#include <string>

namespace stirline::config {

// Once, at start, for the thread that logs. systemd tells in JOURNAL_STREAM which device and inode its journal is; the
// journal stamps the time itself.
void start_logging(const std::string& program);

// "error", "warning", "info" or "debug": what config lets through.
void set_log_level(const std::string& level);

}  // namespace stirline::config
