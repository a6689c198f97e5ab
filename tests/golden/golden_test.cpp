// Runs every case of tests/golden/cases through the real data plane, each as a test of its own.
//
//   golden [--update] [--keep=FOLDER] [gtest's options]
//
// --update writes what came out into the cases as their new expectation (to be reviewed by eye), --keep leaves the
// captures of each case in a folder of its name below FOLDER.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/golden/forked_appliance.hpp"
#include "tests/golden/runner.hpp"

namespace stirline::golden {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool update = false;
  fs::path keep;
};

class GoldenCase : public testing::Test {
 public:
  GoldenCase(fs::path file, Options options) : file_(std::move(file)), options_(std::move(options)) {}

  void TestBody() override {
    const Case golden = load_case(file_);
    ForkedAppliance appliance;
    const auto outcome = run_case(golden, appliance, folder_);
    ASSERT_TRUE(outcome.has_value()) << outcome.error();
    if (options_.update) {
      std::ofstream(file_, std::ios::binary) << rewritten(golden, outcome->frames, outcome->counters);
      return;
    }
    const std::string text = difference(golden, *outcome);
    EXPECT_TRUE(text.empty()) << file_.string() << ": expected -, came +\n" << text;
  }

  void SetUp() override {
    const fs::path parent = options_.keep.empty() ? fs::temp_directory_path() : options_.keep;
    folder_ = parent / (options_.keep.empty() ? "golden-XXXXXX" : file_.stem().string());
    if (options_.keep.empty()) {
      std::string name = folder_.string();
      ASSERT_NE(mkdtemp(name.data()), nullptr) << name;
      folder_ = name;
    } else {
      fs::create_directories(folder_);
    }
  }

  void TearDown() override {
    if (options_.keep.empty()) {
      fs::remove_all(folder_);
    }
  }

 private:
  fs::path file_;
  Options options_;
  fs::path folder_;
};

std::vector<fs::path> case_files() {
  const char* source = std::getenv("STIRLINE_SOURCE");
  const fs::path folder = fs::path(source == nullptr ? "." : source) / "tests/golden/cases";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".golden") {
      files.push_back(entry.path());
    }
  }
  return files;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--update") {
      options.update = true;
    } else if (argument.starts_with("--keep=")) {
      options.keep = fs::absolute(argument.substr(7));
    } else {
      std::cerr << "golden: unknown option " << argument << "\n";
      std::exit(64);
    }
  }
  return options;
}

}  // namespace
}  // namespace stirline::golden

int main(int argc, char** argv) {
  using namespace stirline::golden;
  testing::InitGoogleTest(&argc, argv);
  const Options options = read_options(argc, argv);
  for (const auto& file : case_files()) {
    testing::RegisterTest("Golden", file.stem().string().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [file, options]() -> testing::Test* { return new GoldenCase(file, options); });
  }
  return RUN_ALL_TESTS();
}
