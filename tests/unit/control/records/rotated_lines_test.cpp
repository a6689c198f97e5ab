// Lines in files: closed by size and age, removed by age and total size, whole whatever happens to disk or daemon.
#include "control/records/rotated_lines.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/records/record_files.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::rotated_lines_test {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr RotationLimits kWide{
    .file_bytes = 1'000'000, .file_seconds = 24 * kHour, .total_bytes = 10'000'000, .retention_seconds = 720 * kHour};

std::string line(std::int64_t time, std::string_view text = "x") {
  return fmt::format("{{\"time\":{},\"text\":\"{}\"}}\n", time, text);
}

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class RotatedLinesTest : public testing::Test {
 protected:
  RotatedLines open(const RotationLimits& limits = kWide) const {
    auto lines = RotatedLines::open(folder_.path(), "calls", limits);
    EXPECT_TRUE(lines) << lines.error();
    return std::move(*lines);
  }
  static bool append(RotatedLines& lines, std::int64_t time, std::string_view text = "x") {
    return lines.append(line(time, text), 1, {time, time}, time);
  }
  [[nodiscard]] std::vector<std::string> closed() const {
    std::vector<std::string> names;
    const auto files = list_closed(folder_.path(), "calls");
    EXPECT_TRUE(files);
    for (const ClosedFile& file : files.value_or(std::vector<ClosedFile>())) {
      names.push_back(file.path.filename().string());
    }
    return names;
  }
  [[nodiscard]] std::filesystem::path current() const { return folder_ / "calls.jsonl"; }

  test::ScratchFolder folder_;
};

TEST_F(RotatedLinesTest, AppendsAndGoesOnAfterARestart) {
  {
    RotatedLines lines = open();
    EXPECT_TRUE(append(lines, 10));
    EXPECT_TRUE(append(lines, 12));
  }
  RotatedLines lines = open();
  EXPECT_TRUE(append(lines, 11));
  EXPECT_EQ(content(current()), line(10) + line(12) + line(11));
  struct stat facts{};
  ASSERT_EQ(::stat(current().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0640U) << "STIR-PR-04";
  lines.tick(11 + 24 * kHour);
  EXPECT_EQ(closed(), std::vector<std::string>{"calls-10-12.jsonl"}) << "the times of the life before count, too";
}

TEST_F(RotatedLinesTest, ALineTornByACrashIsEnded) {
  folder_.write("calls.jsonl", line(10) + R"({"time":11,"te)");
  RotatedLines lines = open();
  EXPECT_TRUE(append(lines, 12));
  EXPECT_EQ(content(current()), line(10) + "{\"time\":11,\"te\n" + line(12));
}

TEST_F(RotatedLinesTest, AFileIsClosedBeforeItIsTooLarge) {
  RotationLimits limits = kWide;
  limits.file_bytes = 2 * line(10).size();
  RotatedLines lines = open(limits);
  for (const std::int64_t time : {10, 11, 12, 13, 14}) {
    EXPECT_TRUE(append(lines, time));
  }
  EXPECT_EQ(closed(), (std::vector<std::string>{"calls-10-11.jsonl", "calls-12-13.jsonl"}));
  EXPECT_EQ(content(current()), line(14));
  EXPECT_EQ(lines.counters().closed, 2U);
}

TEST_F(RotatedLinesTest, ANameThatIsTakenIsNotOverwritten) {
  RotationLimits limits = kWide;
  limits.file_bytes = 1;
  RotatedLines lines = open(limits);
  for (const char* text : {"a", "b", "c"}) {
    EXPECT_TRUE(append(lines, 10, text));
  }
  EXPECT_EQ(closed(), (std::vector<std::string>{"calls-10-10.1.jsonl", "calls-10-10.jsonl"}));
  EXPECT_EQ(content(folder_ / "calls-10-10.jsonl"), line(10, "a"));
  EXPECT_EQ(content(folder_ / "calls-10-10.1.jsonl"), line(10, "b"));
}

TEST_F(RotatedLinesTest, WhatIsTooOldGoes) {  // STIR-PR-04
  RotationLimits limits = kWide;
  limits.file_seconds = kHour;
  limits.retention_seconds = 10 * kHour;
  RotatedLines lines = open(limits);
  EXPECT_TRUE(append(lines, 0));
  lines.tick(kHour - 1);
  EXPECT_TRUE(closed().empty());
  lines.tick(kHour);
  EXPECT_EQ(closed().size(), 1U);
  EXPECT_TRUE(append(lines, 5 * kHour));
  lines.tick(10 * kHour);
  EXPECT_EQ(closed().size(), 2U) << "not older than that";
  lines.tick(10 * kHour + 1);
  EXPECT_EQ(closed(), std::vector<std::string>{"calls-18000-18000.jsonl"});
  EXPECT_EQ(lines.counters().removed, 1U);
}

TEST_F(RotatedLinesTest, TheOldestGoesWhenThereIsTooMuch) {
  RotationLimits limits = kWide;
  limits.file_bytes = line(10).size();
  limits.total_bytes = 3 * line(10).size();
  RotatedLines lines = open(limits);
  for (std::int64_t time = 10; time < 20; ++time) {
    EXPECT_TRUE(append(lines, time));
  }
  lines.tick(20);
  EXPECT_EQ(closed(), (std::vector<std::string>{"calls-17-17.jsonl", "calls-18-18.jsonl"}));
  EXPECT_EQ(content(current()), line(19));
}

TEST_F(RotatedLinesTest, OtherFilesAreLeftAlone) {
  const std::vector<std::string> others = {"calls-1-2.txt",     "calls-1.jsonl",     "calls-a-2.jsonl",
                                           "calls-1-2-3.jsonl", "queries-1-2.jsonl", "notes",
                                           "calls-1-2.x.jsonl"};
  for (const std::string& name : others) {
    folder_.write(name, "kept");
  }
  RotatedLines lines = open();
  lines.tick(1'000'000'000);
  for (const std::string& name : others) {
    EXPECT_EQ(content(folder_ / name), "kept") << name;
  }
}

// No file of this process may grow beyond `bytes` as long as this lives: as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    EXPECT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0); }

 private:
  rlimit before_{};
};

TEST_F(RotatedLinesTest, AFullDiskCostsTheLinesOfTheMomentOnly) {
  RotatedLines lines = open();
  EXPECT_TRUE(append(lines, 10));
  {
    const FullDisk full(line(10).size() + 5);  // the next line goes in by a part
    EXPECT_FALSE(append(lines, 11));
    EXPECT_FALSE(lines.append(line(12) + line(13), 2, {12, 13}, 13));
    EXPECT_EQ(content(current()), line(10)) << "the part is taken back";
    EXPECT_FALSE(lines.trouble().empty());
  }
  EXPECT_TRUE(append(lines, 14));
  EXPECT_EQ(content(current()), line(10) + line(14));
  EXPECT_TRUE(lines.trouble().empty());
  EXPECT_EQ(lines.counters().lost, 3U);
  EXPECT_EQ(lines.counters().written, 2U);
}

TEST_F(RotatedLinesTest, AFolderThatWentAwayIsWaitedFor) {
  RotationLimits limits = kWide;
  limits.file_bytes = 1;
  RotatedLines lines = open(limits);
  EXPECT_TRUE(append(lines, 10));
  const std::filesystem::path aside = folder_.path().string() + "-aside";
  std::filesystem::rename(folder_.path(), aside);
  EXPECT_FALSE(append(lines, 11)) << "the next line wants a new file";
  std::filesystem::rename(aside, folder_.path());
  EXPECT_TRUE(append(lines, 12));
  EXPECT_EQ(lines.counters().lost, 1U);
}

TEST_F(RotatedLinesTest, AFileThatSomebodyRemovedIsBegunAnew) {
  RotatedLines lines = open();
  EXPECT_TRUE(append(lines, 10));
  std::filesystem::remove(current());
  lines.tick(10);
  EXPECT_TRUE(append(lines, 11));
  EXPECT_EQ(content(current()), line(11));
}

TEST_F(RotatedLinesTest, NoLinkIsFollowedAndNoDeviceWrittenTo) {
  std::filesystem::create_symlink("/dev/full", current());
  EXPECT_FALSE(RotatedLines::open(folder_.path(), "calls", kWide));
  ASSERT_EQ(::mkfifo((folder_ / "queries.jsonl").c_str(), 0600), 0);
  EXPECT_FALSE(RotatedLines::open(folder_.path(), "queries", kWide));
}

std::vector<std::string> lines_of(const std::filesystem::path& path, std::uint64_t skipped) {
  const config::wire::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  LineReader reader(file.get());
  std::vector<std::string> all;
  while (const auto line = reader.next()) {
    all.emplace_back(*line);
  }
  EXPECT_EQ(reader.skipped(), skipped);
  return all;
}

TEST_F(RotatedLinesTest, ReadersSkipATornAndAnEndlessLine) {
  const std::string endless(3 * LineReader::kMaxLine, 'e');
  EXPECT_EQ(lines_of(folder_.write("a", "one\n\ntwo\ntor"), 1), (std::vector<std::string>{"one", "", "two"}));
  EXPECT_EQ(lines_of(folder_.write("b", "one\n" + endless + "\ntwo\n"), 1), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(lines_of(folder_.write("c", endless), 1), std::vector<std::string>());
  EXPECT_EQ(lines_of(folder_.write("d", endless + endless + "\n" + endless), 2), std::vector<std::string>());
  EXPECT_EQ(lines_of(folder_.write("e", ""), 0), std::vector<std::string>());
  const std::string longest(LineReader::kMaxLine, 'l');
  EXPECT_EQ(lines_of(folder_.write("f", longest + "\n" + longest + "l\nend\n"), 1),
            (std::vector<std::string>{longest, "end"}));
}

TEST_F(RotatedLinesTest, ReadersPutLinesTogetherThatLieAcrossPieces) {
  std::string text;
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < 20'000; ++i) {
    wanted.push_back(std::string(i % 97, 'a') + std::to_string(i));
    text += wanted.back() + "\n";
  }
  EXPECT_EQ(lines_of(folder_.write("long", text), 0), wanted);
}

}  // namespace
}  // namespace stirline::control::rotated_lines_test
