// Feeds each file of a folder to a fuzz target, as one test a file. Has all targets; built by any compiler.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/target.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::fuzz {
namespace {

class Replay : public testing::Test {
 public:
  Replay(const Target& target, std::filesystem::path file) : target_(target), file_(std::move(file)) {}

  // The target aborts on what it does not like. The block is exactly as long as the file: the sanitizer sees every
  // octet read too many.
  void TestBody() override {
    const std::string content = stirline::test::read_file(file_);
    const auto block = std::make_unique<std::uint8_t[]>(content.size());
    std::ranges::copy(content, block.get());
    EXPECT_EQ(target_.run(block.get(), content.size()), 0);
  }

 private:
  const Target& target_;
  std::filesystem::path file_;
};

std::vector<std::filesystem::path> inputs_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.')) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace
}  // namespace stirline::fuzz

int main(int argc, char** argv) {
  using namespace stirline::fuzz;
  testing::InitGoogleTest(&argc, argv);
  const Target* const target = argc == 3 ? Target::find(argv[1]) : nullptr;
  if (target == nullptr || !std::filesystem::is_directory(argv[2])) {
    std::fprintf(stderr, "usage: %s TARGET FOLDER\n", argv[0]);
    return 64;
  }
  const auto files = inputs_in(argv[2]);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no inputs in this folder\n", argv[2]);
    return 1;
  }
  for (const auto& file : files) {
    testing::RegisterTest(argv[1], file.filename().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [target, file]() -> testing::Test* { return new Replay(*target, file); });
  }
  return RUN_ALL_TESTS();
}
