// Feeds each file of a corpus folder to a fuzz target, as one test a file. Built by any compiler; the folder is the
// first argument.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/test_data.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

class Replay : public testing::Test {
 public:
  explicit Replay(std::filesystem::path file) : file_(std::move(file)) {}

  // The target aborts on what it does not like. The block is exactly as long as the file: the sanitizer sees every
  // octet read too many.
  void TestBody() override {
    const std::string content = stirline::test::read_file(file_);
    const auto block = std::make_unique<std::uint8_t[]>(content.size());
    std::ranges::copy(content, block.get());
    EXPECT_EQ(LLVMFuzzerTestOneInput(block.get(), content.size()), 0);
  }

 private:
  std::filesystem::path file_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 64;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.')) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no corpus in this folder\n", argv[1]);
    return 1;
  }
  const std::string suite = std::filesystem::path(argv[1]).filename().string();
  for (const auto& file : files) {
    testing::RegisterTest(suite.c_str(), file.filename().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [file]() -> testing::Test* { return new Replay(file); });
  }
  return RUN_ALL_TESTS();
}
