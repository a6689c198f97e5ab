// The standard set-up of golden cases and what a case may change in it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "config/dataplane_config.hpp"
#include "tests/golden/runner.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/lab_tables.hpp"

namespace stirline::golden {

struct Setup {
  config::DataplaneConfig config;
  test::LabTables tables;
  std::int64_t now = test::kTestNow;
  bool with_tables = true;  // false: control has not spoken yet
};

// The error names the setting that is unknown or has a wrong value.
[[nodiscard]] std::expected<Setup, std::string> make_setup(const Captures& captures, const Settings& settings);

}  // namespace stirline::golden
