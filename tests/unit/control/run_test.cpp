// stirline run, with programs of paper in the daemons' places: the command is copied beside them, as if installed.
#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::run_test {
namespace {

namespace fs = std::filesystem;

// Says that it is up and with which file, and stays until it is told to stop.
constexpr const char* kPatient =
    "#!/bin/sh\n"
    "trap 'echo stopped; exit 0' TERM\n"
    "echo \"up with $1 $2\"\n"
    "while :; do sleep 0.02; done\n";

class Run : public ::testing::Test {
 protected:
  Run() {
    fs::copy_file(test::program("STIRLINE_COMMAND"), folder_ / "stirline");
    folder_.write("dataplane.toml", "");
    folder_.write("control.toml", "");
  }

  void install(const std::string& name, const std::string& script) {
    fs::permissions(folder_.write(name, script), fs::perms::owner_all);
  }

  [[nodiscard]] std::vector<std::string> command() const {
    return {(folder_ / "stirline").string(),       "run",       "--dataplane",
            (folder_ / "dataplane.toml").string(), "--control", (folder_ / "control.toml").string()};
  }

  test::ScratchFolder folder_;
};

TEST_F(Run, StartsBothPrefixesTheirLinesAndStopsBothOnASignal) {
  install("stirlined", kPatient);
  install("stirline-control", kPatient);
  for (const int signal : {SIGINT, SIGTERM}) {
    test::Process process(command());
    EXPECT_TRUE(process.wait_for("[dataplane] up with --config " + (folder_ / "dataplane.toml").string()))
        << process.err();
    EXPECT_TRUE(process.wait_for("[control] up with --config " + (folder_ / "control.toml").string())) << process.err();
    process.signal(signal);
    EXPECT_EQ(process.wait(), 0) << process.err();
    EXPECT_NE(process.out().find("[dataplane] stopped\n"), std::string::npos);
    EXPECT_NE(process.out().find("[control] stopped\n"), std::string::npos);
  }
}

TEST_F(Run, WhenOneFailsTheOtherIsStoppedAndItsStatusIsOurs) {
  install("stirlined", kPatient);
  install("stirline-control", "#!/bin/sh\necho 'no such option' >&2\nexit 2\n");
  test::Process process(command());
  EXPECT_EQ(process.wait(), 2);
  EXPECT_NE(process.out().find("[control] no such option\n"), std::string::npos) << process.out();
}

TEST_F(Run, ADaemonThatIsKilledCountsAsFailed) {
  install("stirlined", "#!/bin/sh\nkill -9 $$\n");
  install("stirline-control", kPatient);
  test::Process process(command());
  EXPECT_EQ(process.wait(), 128 + SIGKILL);
}

TEST_F(Run, ALastLineWithoutItsEndIsPrintedToo) {
  install("stirlined", "#!/bin/sh\nprintf 'last words'\nexit 3\n");
  install("stirline-control", kPatient);
  test::Process process(command());
  EXPECT_EQ(process.wait(), 3);
  EXPECT_NE(process.out().find("[dataplane] last words\n"), std::string::npos) << process.out();
}

TEST_F(Run, SaysWhichProgramIsMissing) {
  install("stirline-control", kPatient);
  test::Process process(command());
  EXPECT_EQ(process.wait(), 69);
  EXPECT_NE(process.err().find("stirlined is not beside this program"), std::string::npos) << process.err();
}

TEST_F(Run, LabPassesItsArgumentsOn) {
  fs::create_directory(folder_ / "bin");
  fs::create_directories(folder_ / "share/stirline");
  fs::copy_file(test::program("STIRLINE_COMMAND"), folder_ / "bin/stirline");
  fs::permissions(folder_.write("share/stirline/lab.sh", "#!/bin/sh\necho \"lab $*\"\nexit 7\n"), fs::perms::owner_all);
  test::Process process({(folder_ / "bin/stirline").string(), "lab", "--calls", "5", "fast"});
  EXPECT_EQ(process.wait(), 7);
  EXPECT_EQ(process.out(), "lab --calls 5 fast\n");
}

}  // namespace
}  // namespace stirline::control::run_test
