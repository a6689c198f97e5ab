// A golden case: what goes in, what must come out, and which counters say so. Format: README.md of this folder.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/golden/packet_spec.hpp"

namespace stirline::golden {

enum class Side : std::uint8_t { a, b };

using Settings = std::map<std::string, std::string>;
using CounterValues = std::map<std::string, std::uint64_t>;
using Frames = std::array<std::vector<Octets>, 2>;  // by side

// One `frame` block: the frames it stands for, in the order sent.
struct InputBlock {
  Side in = Side::a;
  std::vector<Octets> frames;
};

struct Case {
  std::filesystem::path file;
  std::string preamble;  // the file's text up to the first expectation, as it stands
  Settings settings;
  std::vector<InputBlock> inputs;
  Frames expected;
  bool counters_listed = false;
  CounterValues counters;
};

// Throws std::runtime_error with file, line and what is wrong.
[[nodiscard]] Case parse_case(const std::string& text, const std::filesystem::path& file);
[[nodiscard]] Case load_case(const std::filesystem::path& file);

// All that enters at each side.
[[nodiscard]] Frames input_frames(const Case& golden);

// Frames as `expect` blocks: what left as it came is `same as N`, what is the fragments of one datagram is shown whole.
[[nodiscard]] std::vector<std::string> expectation_lines(const Case& golden, const Frames& frames);

// The whole file anew: the preamble, these expectations, and the counters (those the case listed; if it listed none,
// all that are not zero, but for cycles, which never are the same).
[[nodiscard]] std::string rewritten(const Case& golden, const Frames& frames, const CounterValues& counters);

}  // namespace stirline::golden
