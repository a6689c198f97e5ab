// Runs a golden case through an appliance: text to capture files, captures to text, and what differs.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "tests/golden/golden_case.hpp"

namespace stirline::golden {

struct Captures {
  std::filesystem::path a_in;  // what port a receives
  std::filesystem::path b_in;
  std::filesystem::path a_out;  // what port a transmits: to be written
  std::filesystem::path b_out;
};

// What stands between the ports. It runs until every frame received is sent, dropped or has timed out.
class Appliance {
 public:
  Appliance() = default;
  Appliance(const Appliance&) = delete;
  Appliance& operator=(const Appliance&) = delete;
  virtual ~Appliance() = default;
  // All counters by name, or a sentence why it could not run. A setting it does not know is such a reason.
  [[nodiscard]] virtual std::expected<CounterValues, std::string> run(const Captures& captures,
                                                                      const Settings& settings) = 0;
};

struct Outcome {
  Frames frames;
  CounterValues counters;
};

// `folder`: an existing folder for the four captures, which stay there. Settings of the format itself (compare) are not
// given to the appliance. IP identifications that no input frame has are fresh ones, different each time: they are
// replaced by 1, 2, 3 ... in the order of their coming, so that results compare.
[[nodiscard]] std::expected<Outcome, std::string> run_case(const Case& golden, Appliance& appliance,
                                                           const std::filesystem::path& folder);

// What differs, readable, as lines with - (expected) and + (came); empty if nothing does. With the setting
// `compare = unordered` the order of the frames of one port does not matter.
[[nodiscard]] std::string difference(const Case& golden, const Outcome& outcome);

}  // namespace stirline::golden
