// Which system calls a daemon may still make (seccomp). A list of what it uses, nothing else.
//
// What is not on the list fails with EPERM: a library that takes a new road after an update costs a function, not every
// call. Only what no part of a daemon ever does and an intruder does first (starting a program, reading another
// process, mounting, loading kernel code) ends the process, with SIGSYS: it is not to be trusted any more, and its
// supervisor starts another. Builds for sanitizers and coverage
// (STIRLINE_INSTRUMENTED) have no list, for their instruments start programs, stop threads and write files; what an
// intruder does, but for that, ends them too.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace stirline::config {

enum class Program : std::uint8_t { dataplane, control };

// Of all threads, from now on, for good; sets no_new_privs. The error is a sentence for the operator.
[[nodiscard]] std::expected<void, std::string> enter_syscall_filter(Program program);

}  // namespace stirline::config
