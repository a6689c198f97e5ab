// `stirline top` as an operator runs it: on a pseudo terminal that it must leave as it found it, and with --once.
#include <array>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/unit/control/process.hpp"

namespace stirline::control::test::top_command_test {
namespace {

class TopOnATerminal : public testing::Test {
 protected:
  TopOnATerminal() {
    const winsize window{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(::openpty(&ours_, &theirs_, nullptr, nullptr, &window), 0);
    EXPECT_EQ(::tcgetattr(theirs_, &found_), 0);
    const std::string command = program("STIRLINE_COMMAND");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::login_tty(theirs_);
      ::execl(command.c_str(), command.c_str(), "top", "--socket", "nowhere.sock", "--interval", "0.1", nullptr);
      ::_exit(126);
    }
  }
  ~TopOnATerminal() override {
    ::close(ours_);
    ::close(theirs_);
  }

  // Reads on until `part` has come; false after 20 s of silence.
  bool shows(const std::string& part) {
    std::array<char, 4'096> octets;
    while (seen_.find(part) == std::string::npos) {
      pollfd fd{ours_, POLLIN, 0};
      if (::poll(&fd, 1, 20'000) != 1) {
        return false;
      }
      const ssize_t got = ::read(ours_, octets.data(), octets.size());
      if (got <= 0) {
        return false;
      }
      seen_.append(octets.data(), static_cast<std::size_t>(got));
    }
    return true;
  }
  void expect_left_as_found() {
    EXPECT_TRUE(shows("\x1b[?25h\x1b[?1049l")) << "the cursor and the first screen are back";
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    termios now{};
    EXPECT_EQ(::tcgetattr(theirs_, &now), 0);
    EXPECT_EQ(now.c_lflag, found_.c_lflag);
    EXPECT_EQ(std::memcmp(now.c_cc, found_.c_cc, sizeof(now.c_cc)), 0);
  }

  int ours_ = -1;
  int theirs_ = -1;
  pid_t pid_ = -1;
  termios found_{};
  std::string seen_;
};

TEST_F(TopOnATerminal, EndsAtQAndLeavesItAsItWas) {
  ASSERT_TRUE(shows("\x1b[?1049h"));
  ASSERT_TRUE(shows("control")) << "control is away, and the picture says so";
  termios during{};
  EXPECT_EQ(::tcgetattr(theirs_, &during), 0);
  EXPECT_EQ(during.c_lflag & static_cast<tcflag_t>(ICANON | ECHO), 0U);
  EXPECT_EQ(::write(ours_, "xq", 2), 2);
  expect_left_as_found();
}

TEST_F(TopOnATerminal, EndsAtSigintLikewise) {
  ASSERT_TRUE(shows("control"));
  EXPECT_EQ(::write(ours_, "\x03", 1), 1);  // the terminal makes SIGINT of it
  expect_left_as_found();
}

TEST_F(TopOnATerminal, DrawsAnewWhenTheWindowChanges) {
  ASSERT_TRUE(shows("control"));
  const winsize narrow{.ws_row = 10, .ws_col = 30, .ws_xpixel = 0, .ws_ypixel = 0};
  EXPECT_EQ(::ioctl(ours_, TIOCSWINSZ, &narrow), 0);
  seen_.clear();
  EXPECT_TRUE(shows("\x1b[J"));
  EXPECT_EQ(::write(ours_, "q", 1), 1);
  expect_left_as_found();
}

TEST(Top, WithoutTerminalOrControlSaysSo) {
  const Finished live = run({program("STIRLINE_COMMAND"), "top"});
  EXPECT_EQ(live.status, 64);
  EXPECT_NE(live.err.find("use --once"), std::string::npos) << live.err;
  const Finished once = run({program("STIRLINE_COMMAND"), "top", "--once", "--interval", "0.1", "--socket", "nowhere"});
  EXPECT_EQ(once.status, 69);
  EXPECT_NE(once.out.find("control"), std::string::npos) << once.out;
  EXPECT_EQ(run({program("STIRLINE_COMMAND"), "top", "--once", "--columns", "5"}).status, 64);
}

}  // namespace
}  // namespace stirline::control::test::top_command_test
