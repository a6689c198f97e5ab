#include "config/daemon/privileges.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/daemon/failed_call.hpp"

namespace stirline::config {
namespace {

constexpr std::chrono::seconds kPatience{2};  // for a thread to answer

// What every thread does. Only system calls: one of them does it in a signal handler. 0, or errno.
int give_up_in_this_thread(std::uint64_t keep) {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) {
    return errno;
  }
  for (__user_cap_data_struct& set : sets) {
    set.effective = set.permitted;  // another user has them permitted only
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) {
    return errno;
  }
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    // Refused to who has no CAP_SETPCAP. Without privileges to begin with, no_new_privs alone keeps it so.
    static_cast<void>(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0));
  }
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto kept = static_cast<std::uint32_t>(keep >> (32 * i));
    sets[i].permitted &= kept;
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
      ::syscall(SYS_capset, &header, sets.data()) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno;
  }
  return 0;
}

struct Order {
  std::atomic<std::uint64_t> keep{0};
  std::atomic<int> answers{0};
  std::atomic<int> error{0};
};
Order order;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

void obey(int /*signal*/) {
  const int saved = errno;
  if (const int error = give_up_in_this_thread(order.keep.load()); error != 0) {
    order.error.store(error);
  }
  order.answers.fetch_add(1);
  errno = saved;
}

std::set<pid_t> threads() {
  std::set<pid_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::string name = entry.path().filename();
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc()) {
      found.insert(thread);
    }
  }
  return found;
}

// Asks one thread and waits for its answer.
std::expected<void, std::string> ask(pid_t thread) {
  const int before = order.answers.load();
  if (::syscall(SYS_tgkill, ::getpid(), thread, SIGRTMIN) != 0) {
    return errno == ESRCH ? std::expected<void, std::string>{}
                          : failed_call("a thread cannot be asked to drop privileges");
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (order.answers.load() == before) {
    if (std::chrono::steady_clock::now() > deadline) {
      return std::unexpected("thread " + std::to_string(thread) + " does not drop its privileges");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return {};
}

// Until no thread is left that has not been asked: one that has not may have started another meanwhile.
std::expected<void, std::string> ask_all_others() {
  std::set<pid_t> asked = {::gettid()};
  for (bool found_new = true; found_new;) {
    found_new = false;
    for (const pid_t thread : threads()) {
      if (!asked.insert(thread).second) {
        continue;
      }
      found_new = true;
      if (auto done = ask(thread); !done) {
        return done;
      }
    }
  }
  return {};
}

}  // namespace

std::expected<void, std::string> forbid_core_dumps() {
  const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ::setrlimit(RLIMIT_CORE, &none) != 0) {
    return failed_call("core dumps cannot be forbidden");
  }
  return {};
}

std::expected<void, std::string> change_user(const std::string& name) {
  errno = 0;
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr) {
    return errno == 0 ? std::unexpected("there is no user " + name) : failed_call("user " + name);
  }
  if (user->pw_uid == 0) {
    return std::unexpected("user " + name + " is root");
  }
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::initgroups(name.c_str(), user->pw_gid) != 0 ||
      ::setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
      ::setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0) {
    return failed_call("cannot become user " + name);
  }
  return {};
}

void lift_memory_lock_limit() {
  const rlimit unlimited = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  static_cast<void>(::setrlimit(RLIMIT_MEMLOCK, &unlimited));
}

std::uint64_t bind_low_ports_capability() {
  return std::uint64_t{1} << CAP_NET_BIND_SERVICE;
}

std::expected<void, std::string> give_up_privileges(std::uint64_t keep) {
  order.keep.store(keep);
  order.error.store(0);
  struct sigaction action = {};
  action.sa_handler = obey;
  action.sa_flags = SA_RESTART;
  struct sigaction before = {};
  if (::sigaction(SIGRTMIN, &action, &before) != 0) {
    return failed_call("sigaction");
  }
  auto done = ask_all_others();
  ::sigaction(SIGRTMIN, &before, nullptr);
  if (!done) {
    return done;
  }
  if (const int own = give_up_in_this_thread(keep); own != 0) {
    return failed_call("privileges cannot be dropped", own);
  }
  if (const int others = order.error.load(); others != 0) {
    return failed_call("privileges cannot be dropped", others);
  }
  return {};
}

}  // namespace stirline::config
