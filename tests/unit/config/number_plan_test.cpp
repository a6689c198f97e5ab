// Flattening of number ranges: the narrower wins, and a naive search over the configured ranges agrees everywhere.
#include "config/number_plan.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

#include "config/text_rules.hpp"

namespace stirline::config::number_plan_test {
namespace {

using tables::kNoCredential;
using tables::NumberRange;

const std::vector<std::string> kTrunks{"north", "south"};
const std::vector<std::string> kCredentials{"main", "spare"};

NumberRangeConfig range(std::string start, std::uint64_t count, char attest, std::vector<std::string> trunks = {}) {
  NumberRangeConfig config;
  config.trunks = std::move(trunks);
  config.start = std::move(start);
  config.count = count;
  config.attest = attest;
  config.credential = attest == '-' ? "" : "main";
  return config;
}

// What the table says of `number`: the letter, or '?' if nothing.
char attest(const tables::NumberTable& table, std::uint32_t trunk, std::string_view number) {
  const NumberRange* const found = table.find(trunk, number);
  return found == nullptr ? '?' : found->attest;
}

char attest(const tables::Image& image, std::uint32_t trunk, std::string_view number) {
  const auto table = tables::NumberTable::open(image);
  EXPECT_TRUE(table) << (table ? "" : table.error().text);
  return table ? attest(*table, trunk, number) : '!';
}

tables::Image compiled(const std::vector<NumberRangeConfig>& numbers) {
  const auto ranges = compile_numbers(numbers, kTrunks, kCredentials);
  EXPECT_TRUE(ranges) << (ranges ? "" : ranges.error());
  return tables::encode_numbers(ranges.value_or(std::vector<NumberRange>{}));
}

TEST(NumberPlan, NarrowerWinsOverWider) {
  const tables::Image image = compiled(
      {range("49301234", 0, 'B'), range("49", 0, 'C'), range("493012345678", 1, '-'), range("493012345600", 100, 'A')});
  EXPECT_EQ(attest(image, 0, "4940"), 'C');
  EXPECT_EQ(attest(image, 0, "493012349999"), 'B');
  EXPECT_EQ(attest(image, 1, "493012345677"), 'A');
  EXPECT_EQ(attest(image, 1, "493012345678"), '-');
  EXPECT_EQ(attest(image, 1, "493012345679"), 'A');
  EXPECT_EQ(attest(image, 1, "4930123456780"), 'B') << "a range holds one length only";
  EXPECT_EQ(attest(image, 1, "48"), '?');
}

TEST(NumberPlan, PrefixHoldsAllLengthsFromItsOwn) {
  const tables::Image image = compiled({range("49", 0, 'A')});
  EXPECT_EQ(attest(image, 0, "4"), '?');
  for (std::size_t digits = 2; digits <= 15; ++digits) {
    EXPECT_EQ(attest(image, 0, "49" + std::string(digits - 2, '0')), 'A');
    EXPECT_EQ(attest(image, 0, "49" + std::string(digits - 2, '9')), 'A');
    EXPECT_EQ(attest(image, 0, "50" + std::string(digits - 2, '0')), '?');
    EXPECT_EQ(attest(image, 0, "48" + std::string(digits - 2, '9')), '?');
  }
}

TEST(NumberPlan, EquallyWide) {
  const tables::Image image =
      compiled({range("4930", 0, 'C'), range("4930", 1, 'B'), range("4931", 0, 'C'), range("4931", 0, 'A', {"south"})});
  EXPECT_EQ(attest(image, 0, "4930"), 'B') << "a range wins over a prefix";
  EXPECT_EQ(attest(image, 0, "49300"), 'C');
  EXPECT_EQ(attest(image, 0, "4931"), 'C');
  EXPECT_EQ(attest(image, 1, "4931"), 'A') << "who names trunks wins over who names none";
}

TEST(NumberPlan, NeighboursOfOneKindAreJoined) {
  const auto ranges = compile_numbers(
      std::vector{range("100", 50, 'A'), range("150", 50, 'A'), range("120", 1, 'A'), range("200", 10, 'B')},
      std::vector<std::string>{"north"}, kCredentials);
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 2U);
  EXPECT_EQ((*ranges)[0].first, 100U);
  EXPECT_EQ((*ranges)[0].last, 199U);
  EXPECT_EQ((*ranges)[1].first, 200U);
  EXPECT_EQ((*ranges)[1].last, 209U);
}

TEST(NumberPlan, NamesBecomeIndices) {
  NumberRangeConfig one = range("100", 1, 'A', {"south"});
  one.credential = "spare";
  const auto ranges = compile_numbers(std::vector{one, range("200", 1, '-', {"north"})}, kTrunks, kCredentials);
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 2U);
  EXPECT_EQ((*ranges)[0].trunk, 0U);
  EXPECT_EQ((*ranges)[0].credential, kNoCredential);
  EXPECT_EQ((*ranges)[1].trunk, 1U);
  EXPECT_EQ((*ranges)[1].credential, 1U);
}

TEST(NumberPlan, ALoadedFileIsPlanned) {
  ControlConfig config;
  config.file = "c.toml";
  config.trunks.resize(2);
  config.trunks[0].name = "north";
  config.trunks[1].name = "south";
  config.credentials.resize(1);
  config.credentials[0].name = "main";
  config.numbers = {range("100", 1, 'A', {"south"})};
  const auto ranges = plan_numbers(config);
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 1U);
  EXPECT_EQ(ranges->front().trunk, 1U);
  EXPECT_EQ(ranges->front().credential, 0U);
  config.numbers[0].trunks = {"east"};
  const auto refused = plan_numbers(config);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_string(refused.error().front()),
            "c.toml: numbers: expected ranges that make a table, found \"numbers at 100: no trunk is called east\"");
}

TEST(NumberPlan, MistakesAreErrors) {
  const auto error = [](const NumberRangeConfig& config) {
    const auto ranges = compile_numbers(std::vector{config}, kTrunks, kCredentials);
    return ranges ? "compiled" : ranges.error();
  };
  EXPECT_EQ(error(range("100", 1, 'A', {"east"})), "numbers at 100: no trunk is called east");
  NumberRangeConfig stranger = range("100", 1, 'A');
  stranger.credential = "other";
  EXPECT_EQ(error(stranger), "numbers at 100: no credential is called other");
  EXPECT_EQ(error(range("999", 2, 'A')), "numbers at 999: not a range of 1 to 15 digits");
  EXPECT_EQ(error(range("9", ~std::uint64_t{0}, 'A')), "numbers at 9: not a range of 1 to 15 digits");
  EXPECT_EQ(error(range("12x", 0, 'A')), "numbers at 12x: not a range of 1 to 15 digits");
  EXPECT_EQ(error(range("", 0, 'A')), "numbers at : not a range of 1 to 15 digits");
  EXPECT_EQ(error(range("999", 1, 'A')), "compiled");
  EXPECT_EQ(error(range("999999999999999", 0, 'A')), "compiled");
}

TEST(NumberPlan, Conflicts) {
  using Numbers = std::vector<NumberRangeConfig>;
  const auto pairs = [](const Numbers& numbers) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const NumberConflict& conflict : find_conflicts(numbers)) {
      found.emplace_back(conflict.index, conflict.other);
    }
    return found;
  };
  using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(pairs({range("10", 0, 'A'), range("10", 0, 'B')}), (Pairs{{1, 0}}));
  EXPECT_EQ(pairs({range("100", 10, 'A'), range("105", 10, 'B')}), (Pairs{{1, 0}}));
  EXPECT_EQ(pairs({range("100", 10, 'A', {"north", "south"}), range("100", 10, 'B', {"north", "south"})}),
            (Pairs{{1, 0}}));
  EXPECT_EQ(pairs({range("100", 10, 'A'), range("110", 10, 'B')}), Pairs{});
  EXPECT_EQ(pairs({range("100", 10, 'A'), range("105", 11, 'B')}), Pairs{}) << "the narrower wins";
  EXPECT_EQ(pairs({range("100", 1, 'A'), range("100", 0, 'B')}), Pairs{});
  EXPECT_EQ(pairs({range("100", 1, 'A'), range("0100", 1, 'B')}), Pairs{});
  EXPECT_EQ(pairs({range("100", 1, 'A', {"north"}), range("100", 1, 'B', {"south"})}), Pairs{});
  EXPECT_EQ(pairs({range("100", 1, 'A', {"north"}), range("100", 1, 'B')}), Pairs{});
}

// The range that wins by the words of number_plan.hpp, found by looking at every one.
char naive(const std::vector<NumberRangeConfig>& numbers, const std::string& trunk, const std::string& number) {
  std::optional<std::tuple<std::uint64_t, bool, bool>> best;
  char letter = '?';
  for (const NumberRangeConfig& config : numbers) {
    const bool named = std::ranges::find(config.trunks, trunk) != config.trunks.end();
    if (!named && !config.trunks.empty()) {
      continue;
    }
    const bool is_prefix = config.count == 0;
    std::uint64_t width = config.count;
    if (is_prefix) {
      if (!number.starts_with(config.start)) {
        continue;
      }
      width = power_of_ten(number.size() - config.start.size());
    } else if (number.size() != config.start.size() || number < config.start ||
               digits_value(number) - digits_value(config.start) >= config.count) {
      continue;
    }
    const std::tuple rank(width, is_prefix, !named);
    if (!best || rank < *best) {
      best = rank;
      letter = config.attest;
    }
  }
  return letter;
}

TEST(NumberPlan, AgreesWithANaiveSearch) {
  std::mt19937 random(20'240'501);
  const auto below = [&](std::uint64_t limit) {
    return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random);
  };
  const auto digits_text = [](std::uint64_t value, std::size_t digits) {
    const std::string text = std::to_string(value);
    return std::string(digits - text.size(), '0') + text;
  };
  const std::vector<std::vector<std::string>> scopes{{}, {"north"}, {"south"}, {"north", "south"}};
  for (int round = 0; round < 300; ++round) {
    std::vector<NumberRangeConfig> numbers;
    const std::uint64_t wanted = 1 + below(24);
    for (std::uint64_t i = 0; i < wanted; ++i) {
      const std::size_t digits = 1 + below(3);
      const std::uint64_t start = below(power_of_ten(digits));
      const std::uint64_t count =
          below(3) == 0 ? 0 : 1 + below(std::min<std::uint64_t>(40, power_of_ten(digits) - start));
      numbers.push_back(range(digits_text(start, digits), count, "ABC-"[below(4)], scopes[below(scopes.size())]));
      if (!find_conflicts(numbers).empty()) {
        numbers.pop_back();
      }
    }
    const tables::Image image = compiled(numbers);
    const auto table = tables::NumberTable::open(image);
    ASSERT_TRUE(table) << table.error().text;
    for (std::uint32_t trunk = 0; trunk < kTrunks.size(); ++trunk) {
      for (std::size_t digits = 1; digits <= 4; ++digits) {
        for (std::uint64_t value = 0; value < power_of_ten(digits); value += digits == 4 ? 7 : 1) {
          const std::string number = digits_text(value, digits);
          ASSERT_EQ(attest(*table, trunk, number), naive(numbers, kTrunks[trunk], number))
              << "round " << round << " trunk " << trunk << " number " << number;
        }
      }
    }
  }
}

}  // namespace
}  // namespace stirline::config::number_plan_test
