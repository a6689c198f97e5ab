// The worst of the sources that go over their limit (INL-AV-02).
#include "dataplane/shed_sources.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace stirline::dataplane::shed_sources_test {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;

ShedSource shed(const std::string& address, std::uint64_t count, std::string_view trunk = "peer") {
  ShedSource source{.prefix = source_prefix(*config::parse_address(address)), .shed = count, .trunk_name = {}};
  source.trunk_length = static_cast<std::uint8_t>(trunk.size());
  std::ranges::copy(trunk, source.trunk_name.begin());
  return source;
}

std::string address(std::uint32_t number) {
  return "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
}

TEST(ShedSources, TheWorstStandFirst) {
  ShedSources sources;
  sources.see(shed("192.0.2.1", 4), kNow);
  sources.see(shed("2001:db8:1:2::77", 8), kNow + 1);
  sources.see(shed("192.0.2.1", 16, "other"), kNow + 2);
  sources.see(shed("192.0.2.1", 5), kNow + 3);
  const auto rows = sources.worst_first();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].trunk, "other");
  EXPECT_EQ(rows[1].prefix, "2001:db8:1:2::/64");
  EXPECT_EQ(rows[1].last_seen, kNow + 1);
  EXPECT_EQ(rows[2].shed, 5U);
  EXPECT_EQ(rows[2].last_seen, kNow + 3);
}

TEST(ShedSources, WhoIsCountedAnewKeepsWhatHeHad) {
  ShedSources sources;
  sources.see(shed("192.0.2.1", 64), kNow);
  sources.see(shed("192.0.2.1", 1), kNow);
  sources.see(shed("192.0.2.1", 2), kNow);
  EXPECT_EQ(sources.worst_first().at(0).shed, 66U);
}

TEST(ShedSources, AreBoundedAndTheLeastMakesWay) {
  ShedSources sources;
  for (std::uint32_t i = 0; i < ShedSources::kMost; ++i) {
    sources.see(shed(address(i), 10 + i), kNow);
  }
  sources.see(shed("192.0.2.1", 10), kNow);
  EXPECT_EQ(sources.worst_first().back().prefix, to_string(source_prefix(*config::parse_address(address(0)))))
      << "who has sent no more than anybody kept is not kept";
  sources.see(shed("192.0.2.1", 11), kNow);
  const auto rows = sources.worst_first();
  EXPECT_EQ(rows.size(), ShedSources::kMost);
  EXPECT_EQ(std::ranges::count(rows, 10U, &ShedSources::Row::shed), 0);
}

TEST(ShedSources, WhoKeepsWithinItIsForgotten) {
  ShedSources sources;
  sources.see(shed("192.0.2.1", 1), kNow);
  sources.see(shed("192.0.2.2", 1), kNow + 1);
  sources.forget_old(kNow + ShedSources::kKeptSeconds);
  EXPECT_EQ(sources.worst_first().size(), 2U);
  sources.forget_old(kNow + 1 + ShedSources::kKeptSeconds);
  EXPECT_EQ(sources.worst_first().size(), 1U);
}

}  // namespace
}  // namespace stirline::dataplane::shed_sources_test
