#include "config/daemon/syscall_filter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <span>
#include <system_error>
#include <type_traits>

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/daemon/instrumented.hpp"

namespace stirline::config {
namespace {

// Memory, time, waiting, signals, files and sockets that are open, a local socket to each other.
constexpr int kBoth[] = {
    SCMP_SYS(accept4),
    SCMP_SYS(brk),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(close),
    SCMP_SYS(connect),
    SCMP_SYS(dup),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(fcntl),
    SCMP_SYS(fstat),
    SCMP_SYS(futex),
    SCMP_SYS(getegid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getpeername),
    SCMP_SYS(getpid),
    SCMP_SYS(getrandom),
    SCMP_SYS(getsockname),
    SCMP_SYS(getsockopt),
    SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getuid),
    SCMP_SYS(ioctl),
    SCMP_SYS(lseek),
    SCMP_SYS(lstat),
    SCMP_SYS(madvise),
    SCMP_SYS(memfd_create),
    SCMP_SYS(mlock),
    SCMP_SYS(mremap),
    SCMP_SYS(munlock),
    SCMP_SYS(munmap),
    SCMP_SYS(nanosleep),
    SCMP_SYS(newfstatat),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(pread64),
    SCMP_SYS(prlimit64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rseq),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(stat),
    SCMP_SYS(unlink),
    SCMP_SYS(write),
    SCMP_SYS(writev),
};

// Configuration, keys, store and records; names and certificates out of the network; threads for HTTPS.
constexpr int kControl[] = {
    SCMP_SYS(accept),
    SCMP_SYS(access),
    SCMP_SYS(bind),
    SCMP_SYS(chmod),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(fallocate),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(fdatasync),
    SCMP_SYS(flock),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fsync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(listen),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(pipe2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(rmdir),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(signalfd4),
    SCMP_SYS(socketpair),
    SCMP_SYS(statfs),
    SCMP_SYS(statx),
    SCMP_SYS(sysinfo),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(umask),
    SCMP_SYS(uname),
    SCMP_SYS(unlinkat),
};

// See the header. Neither daemon starts programs, looks into others, or has business with the kernel's make-up.
constexpr int kIntruders[] = {
    SCMP_SYS(bpf),
    SCMP_SYS(chroot),
    SCMP_SYS(delete_module),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(finit_module),
    SCMP_SYS(fsmount),
    SCMP_SYS(init_module),
    SCMP_SYS(ioperm),
    SCMP_SYS(iopl),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(kexec_load),
    SCMP_SYS(mount),
    SCMP_SYS(move_mount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(ptrace),
    SCMP_SYS(reboot),
    SCMP_SYS(setns),
    SCMP_SYS(umount2),
    SCMP_SYS(unshare),
};

// A leak check stops all threads as a debugger would; a report names its lines by a program.
constexpr std::array kInstruments = {SCMP_SYS(execve), SCMP_SYS(process_vm_readv), SCMP_SYS(ptrace)};

class Filter {
 public:
  Filter() : context_(seccomp_init(kInstrumented ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM))) {
    if (!context_) {
      note(-ENOMEM);
      return;
    }
    note(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
    note(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  void allow(std::span<const int> calls) { add_all(SCMP_ACT_ALLOW, calls); }
  void kill(std::span<const int> calls) { add_all(SCMP_ACT_KILL_PROCESS, calls); }
  void answer(int error, int call) { add_all(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), {&call, 1}); }
  // If (argument & mask) == value.
  void allow_if(int call, unsigned argument, std::uint64_t mask, std::uint64_t value) {
    if (context_ && error_ == 0) {
      note(seccomp_rule_add(context_.get(), SCMP_ACT_ALLOW, call, 1,
                            scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, mask, value}));
    }
  }
  [[nodiscard]] int load() {
    if (error_ == 0) {
      note(seccomp_load(context_.get()));
    }
    return error_;
  }

 private:
  void note(int result) {
    if (result < 0 && result != -EEXIST && error_ == 0) {
      error_ = -result;
    }
  }
  void add_all(std::uint32_t action, std::span<const int> calls) {
    for (const int call : calls) {
      if (context_ && error_ == 0) {
        note(seccomp_rule_add(context_.get(), action, call, 0));
      }
    }
  }

  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
  int error_ = 0;
};

constexpr std::uint64_t kWholeArgument = 0xFFFF'FFFF;

void allow_sockets(Filter& filter, std::initializer_list<int> families) {
  for (const int family : families) {
    filter.allow_if(SCMP_SYS(socket), 0, kWholeArgument, static_cast<std::uint64_t>(family));
  }
}

void add_dataplane(Filter& filter) {
  allow_sockets(filter, {AF_UNIX});
  // Its files are open by now; to read another (a time zone) harms nobody. No memory becomes code.
  filter.allow_if(SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
  filter.allow_if(SCMP_SYS(mmap), 2, PROT_EXEC, 0);
  filter.allow_if(SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
}

void add_control(Filter& filter) {
  filter.allow(kControl);
  // To ask how the clock stands; to set it takes a capability that this process has given up.
  filter.allow_if(SCMP_SYS(clock_adjtime), 0, kWholeArgument, CLOCK_REALTIME);
  allow_sockets(filter, {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK});  // the last: a resolver asks which addresses we have
}

void add_threads(Filter& filter) {
  // The flags of clone3 lie in memory, where no filter can read them; told that it is missing, libc takes clone.
  filter.answer(ENOSYS, SCMP_SYS(clone3));
  filter.allow_if(SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD);
  filter.allow_if(SCMP_SYS(tgkill), 0, kWholeArgument, static_cast<std::uint64_t>(::getpid()));
  filter.allow_if(SCMP_SYS(prctl), 0, kWholeArgument, PR_SET_NAME);
}

}  // namespace

std::expected<void, std::string> enter_syscall_filter(Program program) {
  Filter filter;
  for (const int call : kIntruders) {
    if (!kInstrumented || std::ranges::find(kInstruments, call) == kInstruments.end()) {
      filter.kill({&call, 1});
    }
  }
  if (!kInstrumented) {
    filter.allow(kBoth);
    add_threads(filter);
    if (program == Program::control) {
      add_control(filter);
    } else {
      add_dataplane(filter);
    }
  }
  if (const int error = filter.load(); error != 0) {
    return std::unexpected("the filter of system calls cannot be used: " + std::generic_category().message(error));
  }
  return {};
}

}  // namespace stirline::config
