#include "tests/golden/runner.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "tests/golden/packet_reader.hpp"
#include "tests/golden/pcap_file.hpp"

namespace stirline::golden {
namespace {

constexpr const char* kCompare = "compare";

std::set<std::uint32_t> identifications(const Frames& frames) {
  std::set<std::uint32_t> ids;
  for (const auto& side : frames) {
    for (const Octets& frame : side) {
      const PacketSpec spec = describe(frame);
      if (!spec.ether_type) {
        ids.insert(spec.id);
      }
    }
  }
  return ids;
}

void number_fresh_identifications(std::vector<Octets>& frames, const std::set<std::uint32_t>& known) {
  std::map<std::uint32_t, std::uint32_t> numbers;
  for (Octets& frame : frames) {
    PacketSpec spec = describe(frame);
    if (!spec.ether_type && spec.is_fragment() && !known.contains(spec.id)) {
      const auto number = static_cast<std::uint32_t>(numbers.size() + 1);
      spec.id = numbers.try_emplace(spec.id, number).first->second;
      frame = build(spec);
    }
  }
}

// Lines of `expected` with -, of `came` with +, what is common at both ends with blanks and cut short.
std::string line_difference(const std::vector<std::string>& expected, const std::vector<std::string>& came) {
  constexpr std::size_t kContext = 3;
  const auto front = std::ranges::mismatch(expected, came).in1 - expected.begin();
  const std::span<const std::string> left = std::span(expected).subspan(static_cast<std::size_t>(front));
  const std::span<const std::string> right = std::span(came).subspan(static_cast<std::size_t>(front));
  std::size_t back = 0;
  while (back < left.size() && back < right.size() && left[left.size() - 1 - back] == right[right.size() - 1 - back]) {
    ++back;
  }
  std::string text;
  for (std::size_t i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, front - std::ptrdiff_t{kContext}));
       i < static_cast<std::size_t>(front); ++i) {
    text += "  " + expected[i] + "\n";
  }
  for (const std::string& line : left.first(left.size() - back)) {
    text += "- " + line + "\n";
  }
  for (const std::string& line : right.first(right.size() - back)) {
    text += "+ " + line + "\n";
  }
  for (const std::string& line : left.last(back).first(std::min(back, kContext))) {
    text += "  " + line + "\n";
  }
  return text;
}

bool unordered(const Case& golden) {
  const auto setting = golden.settings.find(kCompare);
  return setting != golden.settings.end() && setting->second == "unordered";
}

}  // namespace

std::expected<Outcome, std::string> run_case(const Case& golden, Appliance& appliance,
                                             const std::filesystem::path& folder) {
  const Captures captures{.a_in = folder / "a_in.pcap",
                          .b_in = folder / "b_in.pcap",
                          .a_out = folder / "a_out.pcap",
                          .b_out = folder / "b_out.pcap"};
  const Frames in = input_frames(golden);
  write_pcap(captures.a_in, in[0]);
  write_pcap(captures.b_in, in[1]);
  Settings settings = golden.settings;
  settings.erase(kCompare);
  auto counters = appliance.run(captures, settings);
  if (!counters) {
    return std::unexpected(std::move(counters.error()));
  }
  Outcome outcome;
  outcome.counters = std::move(*counters);
  outcome.frames = {read_pcap(captures.a_out), read_pcap(captures.b_out)};
  const std::set<std::uint32_t> known = identifications(in);
  for (auto& side : outcome.frames) {
    number_fresh_identifications(side, known);
  }
  return outcome;
}

std::string difference(const Case& golden, const Outcome& outcome) {
  Frames expected = golden.expected;
  Frames came = outcome.frames;
  if (unordered(golden)) {
    for (Frames* frames : {&expected, &came}) {
      std::ranges::sort((*frames)[0]);
      std::ranges::sort((*frames)[1]);
    }
  }
  std::string text;
  if (expected != came) {
    text = line_difference(expectation_lines(golden, expected), expectation_lines(golden, came));
    text = text.empty() ? "the frames differ, but not as text\n" : text;
  }
  for (const auto& [name, value] : golden.counters) {
    const auto counter = outcome.counters.find(name);
    if (counter == outcome.counters.end()) {
      text += "- " + name + " = " + std::to_string(value) + "\n+ there is no counter of this name\n";
    } else if (counter->second != value) {
      text +=
          "- " + name + " = " + std::to_string(value) + "\n+ " + name + " = " + std::to_string(counter->second) + "\n";
    }
  }
  return text;
}

}  // namespace stirline::golden
