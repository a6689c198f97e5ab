// What the kernel says of a stirlined that runs: no capability in any thread, no way to get one, a filter, no core.
#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/daemon/process_facts.hpp"

namespace stirline::test::running_dataplane_test {
namespace {

using control::test::Process;
using control::test::program;
using control::test::ScratchFolder;

// Two ports that lead nowhere: nothing that an ordinary user may not have.
constexpr const char* kPorts = R"(
engine = "openssl"
[memory]
hugepages = false
megabytes = 64
packets = 1023
[cores]
poll = [0]
crypto = [0]
idle = "adaptive"
[[port]]
name = "near"
kind = "null"
[[port]]
name = "far"
kind = "null"
[[pair]]
name = "wire"
a = "near"
b = "far"
)";

class RunningDataplane : public testing::Test {
 protected:
  RunningDataplane() {
    ::chmod(folder_.path().c_str(), 0777);  // for another user's socket
    folder_.write("stirlined.toml", "socket = \"" + (folder_.path() / "dataplane.sock").string() + "\"\n" + kPorts);
  }

  void check(std::vector<std::string> before) {
    before.insert(before.end(), {program("STIRLINED"), "--config", (folder_.path() / "stirlined.toml").string()});
    Process daemon(std::move(before));
    ASSERT_TRUE(daemon.wait_for("forwarding")) << daemon.err();
    const auto threads = thread_facts(std::to_string(daemon.pid()));
    EXPECT_GE(threads.size(), 4U) << "main, a poll core, a crypto core and one of DPDK's";
    for (const ThreadFacts& facts : threads) {
      for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        EXPECT_EQ(bits(facts, set), 0U) << set;
      }
      EXPECT_TRUE(bits(facts, "CapBnd") == 0 || !started_as_root_) << "the bounding set";
      EXPECT_TRUE(says(facts, "NoNewPrivs", "1"));
      EXPECT_TRUE(says(facts, "Seccomp", "2"));
    }
    std::ifstream limits("/proc/" + std::to_string(daemon.pid()) + "/limits");
    const std::string text{std::istreambuf_iterator<char>(limits), std::istreambuf_iterator<char>()};
    EXPECT_NE(text.find("Max core file size        0                    0 "), std::string::npos) << text;
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.err();
  }

  bool started_as_root_ = false;
  ScratchFolder folder_;
};

TEST_F(RunningDataplane, OfWhoeverRunsTheTests) {
  started_as_root_ = ::geteuid() == 0;
  check({});
}

TEST_F(RunningDataplane, OfAnOrdinaryUser) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "is the other test";
  }
  check({"/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"});
}

}  // namespace
}  // namespace stirline::test::running_dataplane_test
