// Lines for people, and lines for the journal.
#include "config/daemon/logging.hpp"

#include <array>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/daemon/in_child.hpp"

namespace stirline::config::logging_test {
namespace {

// What is written to stderr, a pipe. `is_journal`: JOURNAL_STREAM names that pipe; otherwise another file.
std::string logged(bool is_journal) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    return "no pipe";
  }
  const int ended = test::in_child([&] {
    struct stat facts{};
    if (::fstat(ends[1], &facts) != 0) {
      return 1;
    }
    const std::string stream = std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino + (is_journal ? 0 : 1));
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    ::dup2(ends[1], STDERR_FILENO);
    start_logging("test");
    set_log_level("debug");
    spdlog::error("trouble");
    spdlog::warn("a warning");
    spdlog::info("news");
    spdlog::debug("detail");
    set_log_level("warning");
    spdlog::info("not of interest");
    return 0;
  });
  ::close(ends[1]);
  std::string text(4'096, '\0');
  const ssize_t got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(got > 0 && ended == 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

TEST(Logging, TheJournalGetsPrioritiesAndItsOwnTime) {
  EXPECT_EQ(logged(true), "<3>trouble\n<4>a warning\n<6>news\n<7>detail\n");
}

TEST(Logging, OthersGetTheTime) {
  const std::string text = logged(false);
  EXPECT_NE(text.find(" error: trouble\n"), std::string::npos) << text;
  EXPECT_TRUE(text.starts_with("20")) << text;
  EXPECT_EQ(text.find("<3>"), std::string::npos);
  EXPECT_EQ(text.find("not of interest"), std::string::npos);
}

}  // namespace
}  // namespace stirline::config::logging_test
