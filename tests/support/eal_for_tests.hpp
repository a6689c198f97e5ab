// EAL as tests and benchmarks need it: no hugepages, no privileges, no files left behind, a few threads on whatever
// processors there are.
#pragma once

namespace stirline::test {

// Starts EAL with `threads` threads beside the main one (EAL numbers 1 .. threads), spread in blocks over the
// processors this process may use: of three threads on two processors the last has one to itself. Ends the process with
// a message if that fails. Once per process; rte_eal_cleanup() at its end.
void start_eal(const char* program, unsigned threads, unsigned megabytes);

}  // namespace stirline::test
