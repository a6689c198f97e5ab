// What a daemon has given up it does not get back: capabilities, users, system calls, files.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <netdb.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/daemon/file_access.hpp"
#include "config/daemon/privileges.hpp"
#include "config/daemon/syscall_filter.hpp"
#include "tests/unit/daemon/in_child.hpp"
#include "tests/unit/daemon/process_facts.hpp"

namespace stirline::config::confinement_test {
namespace {

using test::bits;
using test::in_child;
using test::kDied;
using test::says;
using test::thread_facts;

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kRefused = 2;  // by the function under test

bool is_root() {
  return ::geteuid() == 0;
}

// Threads that sleep until the end of the process.
void start_sleepers(int count) {
  static std::atomic<int> asleep{0};
  for (int i = 0; i < count; ++i) {
    std::thread([] {
      ++asleep;
      for (;;) {
        ::pause();
      }
    }).detach();
  }
  while (asleep != count) {
    std::this_thread::yield();
  }
}

bool all_threads_have(std::uint64_t capabilities, std::size_t count = 4) {
  const auto threads = thread_facts("self");
  return threads.size() == count && std::ranges::all_of(threads, [&](const test::ThreadFacts& facts) {
           return bits(facts, "CapEff") == capabilities && bits(facts, "CapPrm") == capabilities &&
                  bits(facts, "CapInh") == 0 && bits(facts, "CapAmb") == 0 && says(facts, "NoNewPrivs", "1");
         });
}

TEST(Privileges, EveryThreadLosesThem) {
  EXPECT_EQ(in_child([] {
              start_sleepers(3);
              if (!give_up_privileges(kNoCapabilities)) {
                return kRefused;
              }
              return all_threads_have(0) ? kOk : kFailed;
            }),
            kOk);
}

TEST(Privileges, RootIsLeftWithoutABoundingSetAndWithWhatIsKept) {
  if (!is_root()) {
    GTEST_SKIP() << "needs root";
  }
  EXPECT_EQ(in_child([] {
              start_sleepers(3);
              if (!give_up_privileges(bind_low_ports_capability())) {
                return kRefused;
              }
              const auto threads = thread_facts("self");
              const bool unbounded = std::ranges::any_of(
                  threads, [](const test::ThreadFacts& facts) { return bits(facts, "CapBnd") != 0; });
              return all_threads_have(bind_low_ports_capability()) && !unbounded ? kOk : kFailed;
            }),
            kOk);
}

TEST(Privileges, AnotherUserKeepsNothingOfRoot) {
  if (!is_root()) {
    GTEST_SKIP() << "needs root";
  }
  EXPECT_EQ(in_child([] {
              if (!change_user("nobody") || !forbid_core_dumps() || !give_up_privileges(bind_low_ports_capability())) {
                return kRefused;
              }
              const bool is_nobody = ::getuid() != 0 && ::geteuid() == ::getuid() && ::getegid() != 0;
              const bool comes_back = ::setuid(0) == 0 || ::setgid(0) == 0;
              return is_nobody && !comes_back && all_threads_have(bind_low_ports_capability(), 1) ? kOk : kFailed;
            }),
            kOk);
  EXPECT_EQ(in_child([] { return change_user("root") ? kOk : kRefused; }), kRefused);
  EXPECT_EQ(in_child([] { return change_user("no-such-user-here") ? kOk : kRefused; }), kRefused);
}

TEST(Privileges, NoCoreIsDumped) {
  EXPECT_EQ(in_child([] {
              rlimit limit{};
              const bool forbidden = forbid_core_dumps().has_value() && ::getrlimit(RLIMIT_CORE, &limit) == 0;
              return forbidden && limit.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE) == 0 ? kOk : kFailed;
            }),
            kOk);
}

// What becomes of `call` behind the filter: 0 if it succeeds, errno, or kDied + signal.
int behind_filter(Program program, const std::function<long()>& call) {
  return in_child([&] {
    if (!enter_syscall_filter(program)) {
      return 255;
    }
    errno = 0;
    return call() < 0 ? errno : 0;
  });
}

class SystemCalls : public testing::TestWithParam<Program> {
 protected:
  void SetUp() override {
#ifdef STIRLINE_INSTRUMENTED
    GTEST_SKIP() << "sanitizers and coverage need what the filter refuses";
#endif
  }
  static int behind(const std::function<long()>& call) { return behind_filter(GetParam(), call); }
};

TEST_P(SystemCalls, WhatOnlyAnIntruderDoesEndsTheProcess) {
  EXPECT_EQ(behind([] { return ::execl("/bin/true", "true", nullptr); }), kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }), kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }), kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::syscall(SYS_process_vm_readv, ::getppid(), nullptr, 0, nullptr, 0, 0); }),
            kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr); }), kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::syscall(SYS_unshare, 0); }), kDied + SIGSYS);
  EXPECT_EQ(behind([] { return ::syscall(SYS_bpf, BPF_MAP_CREATE, nullptr, 0); }), kDied + SIGSYS);
}

TEST_P(SystemCalls, WhatIsNotUsedIsRefused) {
  EXPECT_EQ(behind([]() -> long { return ::socket(AF_PACKET, SOCK_RAW, 0); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::socket(AF_VSOCK, SOCK_STREAM, 0); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::socket(AF_ALG, SOCK_SEQPACKET, 0); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::fork(); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::kill(1, 0); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::setuid(0); }), EPERM);
  EXPECT_EQ(behind([] { return ::syscall(SYS_io_uring_setup, 1, nullptr); }), EPERM);
  EXPECT_EQ(behind([] { return ::syscall(SYS_userfaultfd, 0); }), EPERM);
  EXPECT_EQ(behind([] { return ::syscall(SYS_keyctl, 0, 0); }), EPERM);
  EXPECT_EQ(behind([] { return ::syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }), EPERM);
  EXPECT_EQ(behind([]() -> long { return ::prctl(PR_SET_DUMPABLE, 1); }), EPERM);
}

TEST_P(SystemCalls, WhatBothUseIsAllowed) {
  EXPECT_EQ(behind([]() -> long { return ::socket(AF_UNIX, SOCK_SEQPACKET, 0); }), 0);
  EXPECT_EQ(behind([]() -> long { return ::memfd_create("table", MFD_CLOEXEC | MFD_ALLOW_SEALING); }), 0);
  EXPECT_EQ(behind([]() -> long { return ::open("/dev/null", O_RDONLY); }), 0);
  EXPECT_EQ(behind([]() -> long {
              void* memory = ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return memory != MAP_FAILED && ::madvise(memory, 4'096, MADV_DONTDUMP) == 0 ? 0 : -1;
            }),
            0);
}

TEST_P(SystemCalls, OtherThreadsAreBehindItToo) {
  EXPECT_EQ(in_child([] {
              std::atomic<bool> entered{false};
              long result = 0;
              std::thread before([&] {
                while (!entered) {
                  std::this_thread::yield();
                }
                result = ::socket(AF_PACKET, SOCK_RAW, 0) < 0 ? errno : 0;
              });
              const bool done = enter_syscall_filter(GetParam()).has_value();
              entered = true;
              before.join();
              return done && result == EPERM ? kOk : kFailed;
            }),
            kOk);
}

INSTANTIATE_TEST_SUITE_P(Daemons, SystemCalls, testing::Values(Program::dataplane, Program::control),
                         [](const auto& instance) {
                           return instance.param == Program::control ? "control" : "dataplane";
                         });

TEST(SystemCalls, TheDataPlaneHasLessThanControl) {
#ifdef STIRLINE_INSTRUMENTED
  GTEST_SKIP() << "sanitizers and coverage need what the filter refuses";
#endif
  const auto network = []() -> long { return ::socket(AF_INET, SOCK_STREAM, 0); };
  EXPECT_EQ(behind_filter(Program::dataplane, network), EPERM);
  EXPECT_EQ(behind_filter(Program::control, network), 0);
  const auto new_file = []() -> long { return ::open("/tmp", O_TMPFILE | O_RDWR, 0600); };
  EXPECT_EQ(behind_filter(Program::dataplane, new_file), EPERM);
  EXPECT_EQ(behind_filter(Program::control, new_file), 0);
  const auto clock = []() -> long {  // INL-AV-03
    timex how{};
    return ::clock_adjtime(CLOCK_REALTIME, &how) < 0 ? -1 : 0;
  };
  EXPECT_EQ(behind_filter(Program::dataplane, clock), EPERM);
  EXPECT_EQ(behind_filter(Program::control, clock), 0);
  const auto code = []() -> long {
    return ::mmap(nullptr, 4'096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
  };
  EXPECT_EQ(behind_filter(Program::dataplane, code), EPERM);
  EXPECT_EQ(behind_filter(Program::control,
                          [] {
                            std::thread([] {}).join();
                            return 0L;
                          }),
            0)
      << "control's threads";
}

TEST(SystemCalls, ControlResolvesNamesOnAThreadOfItsOwn) {
  EXPECT_EQ(in_child([] {
              if (!enter_syscall_filter(Program::control)) {
                return kRefused;
              }
              int answer = -1;
              std::thread([&] {
                addrinfo* found = nullptr;
                answer = ::getaddrinfo("127.0.0.1", "443", nullptr, &found);
                if (found != nullptr) {
                  ::freeaddrinfo(found);
                }
              }).join();
              return answer == 0 ? kOk : kFailed;
            }),
            kOk);
}

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stirline-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (const char* name : {"read", "write", "sockets", "other"}) {
      std::filesystem::create_directory(folder_ / name);
      std::ofstream(folder_ / name / "file") << "text";
    }
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] FileAccess access() const {
    return {.read = {folder_ / "read", folder_ / "missing"},
            .write = {folder_ / "write"},
            .sockets = {folder_ / "sockets"}};
  }
  [[nodiscard]] int opened(const char* name, int flags) const {
    return ::open((folder_ / name).c_str(), flags | O_CLOEXEC, 0600) < 0 ? errno : 0;
  }
  [[nodiscard]] int bound(const char* name) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder_ / name).string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int socket = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0 ? errno : 0;
  }

  std::filesystem::path folder_;
};

TEST_F(Files, OnlyThoseThatAreNamedCanBeReached) {
  const auto child = [this](const std::function<int()>& body) {
    return in_child([&] {
      const auto limited = limit_file_access(access());
      return !limited ? 255 : *limited != "limited" ? 254 : body();
    });
  };
  if (const int first = child([] { return 0; }); first == 254) {
    GTEST_SKIP() << "neither this kernel nor this build limits files";
  }
  EXPECT_EQ(child([&] { return opened("read/file", O_RDONLY); }), 0);
  EXPECT_EQ(child([&] { return opened("read/file", O_WRONLY); }), EACCES);
  EXPECT_EQ(child([&] { return opened("read/new", O_CREAT | O_WRONLY); }), EACCES);
  EXPECT_EQ(child([&] { return opened("write/file", O_RDWR); }), 0);
  EXPECT_EQ(child([&] { return opened("write/new", O_CREAT | O_WRONLY); }), 0);
  EXPECT_EQ(child([&] { return opened("other/file", O_RDONLY); }), EACCES);
  EXPECT_EQ(child([&] { return opened("sockets/file", O_RDONLY); }), EACCES);
  EXPECT_EQ(child([&] { return opened("../../etc/passwd", O_RDONLY); }), EACCES);
  EXPECT_EQ(child([&] { return bound("sockets/one"); }), 0);
  EXPECT_EQ(child([&] { return bound("read/one"); }), EACCES);
}

}  // namespace
}  // namespace stirline::config::confinement_test
