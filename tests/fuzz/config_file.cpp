// Any octets as a configuration file: both loaders report or accept, and never more than that.
#include <cstdint>
#include <string_view>

#include "config/control_config.hpp"
#include "config/dataplane_config.hpp"
#include "config/number_plan.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::config_file {
namespace {

using namespace stirline::config;

void expect_told(const ConfigErrors& errors) {
  check(!errors.empty(), "a refusal has a reason");
  for (std::size_t i = 0; i < errors.size(); ++i) {
    check(!errors[i].expected.empty(), "a mistake says what was expected");
    check(i == 0 || errors[i - 1].line <= errors[i].line, "mistakes come in the order of lines");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto dataplane = read_dataplane_config("d.toml", text)) {
    check(!dataplane->pairs.empty(), "pairs are required");
  } else {
    expect_told(dataplane.error());
  }
  if (const auto control = read_control_config("c.toml", text)) {
    check(plan_numbers(*control).has_value(), "the numbers of an accepted file make a table");
  } else {
    expect_told(control.error());
  }
  return 0;
}

const Target kTarget("config_file", run);

}  // namespace
}  // namespace stirline::fuzz::config_file
