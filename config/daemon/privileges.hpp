// What a daemon gives up once it has what it needs: its user, its capabilities, core dumps. For the whole process,
// threads of libraries included. Errors are sentences for the operator. Main thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace stirline::config {

// No core file and no debugger of the same user: keys live in this process. Again after change_user(), which the kernel
// takes as a reason to forget it.
[[nodiscard]] std::expected<void, std::string> forbid_core_dumps();

// Becomes that user, with its groups. The calling thread keeps its capabilities until give_up_privileges(), others lose
// them. Only root can, and it is an error if `name` is not there or is root.
[[nodiscard]] std::expected<void, std::string> change_user(const std::string& name);

// Lifts the limit of locked memory, where that is allowed: keys of later generations must not reach the swap device,
// and without capabilities nobody may go beyond the limit.
void lift_memory_lock_limit();

// The bits of capabilities as in /proc/PID/status.
inline constexpr std::uint64_t kNoCapabilities = 0;
[[nodiscard]] std::uint64_t bind_low_ports_capability();  // CAP_NET_BIND_SERVICE

// Every thread keeps of its capabilities those in `keep` at most, inheritable and ambient ones none; the bounding set
// is emptied where the process may do that; no program that is executed gets more (no_new_privs). Threads are asked by
// a signal, so call it when they sleep. SIGRTMIN must be free.
[[nodiscard]] std::expected<void, std::string> give_up_privileges(std::uint64_t keep);

}  // namespace stirline::config
