#include "config/number_plan.hpp"

#include <algorithm>
#include <optional>
#include <queue>
#include <tuple>

#include "config/text_rules.hpp"

namespace stirline::config {
namespace {

using tables::NumberRange;

constexpr std::size_t kMaxRanges = (tables::kMaxImageBytes - 4'096) / sizeof(NumberRange);

// What one configured range holds of one digit length, for one trunk.
struct Interval {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool is_prefix = false;
  bool all_trunks = false;
  std::uint32_t credential = tables::kNoCredential;
  char attest = '-';

  [[nodiscard]] auto precedence() const { return std::tuple(last - first, is_prefix, all_trunks); }
};

// Orders a priority queue so that the interval that wins is on top.
struct Loses {
  bool operator()(const Interval& a, const Interval& b) const { return a.precedence() > b.precedence(); }
};

bool is_usable(const NumberRangeConfig& range) {
  return is_digits(range.start, 1, kMaxE164Digits) &&
         (range.count == 0 || range.count <= power_of_ten(range.start.size()) - digits_value(range.start));
}

// What `range` holds of the numbers with `digits` digits.
std::optional<Interval> interval_of(const NumberRangeConfig& range, std::size_t digits) {
  const std::uint64_t start = digits_value(range.start);
  Interval interval{.is_prefix = range.count == 0, .all_trunks = range.trunks.empty(), .attest = range.attest};
  if (range.count != 0) {
    interval.first = start;
    interval.last = start + range.count - 1;
    return digits == range.start.size() ? std::optional(interval) : std::nullopt;
  }
  if (digits < range.start.size()) {
    return std::nullopt;
  }
  const std::uint64_t width = power_of_ten(digits - range.start.size());
  interval.first = start * width;
  interval.last = interval.first + (width - 1);
  return interval;
}

// Adds what is left of `intervals` (sorted by first) when the winners have taken theirs. `shape` has trunk and digits.
void flatten(std::span<const Interval> intervals, const NumberRange& shape, std::vector<NumberRange>& out) {
  std::priority_queue<Interval, std::vector<Interval>, Loses> open;
  const std::size_t begin = out.size();
  std::uint64_t at = 0;
  for (std::size_t next = 0; next < intervals.size() || !open.empty();) {
    while (!open.empty() && open.top().last < at) {
      open.pop();
    }
    if (open.empty() && next == intervals.size()) {
      return;
    }
    if (open.empty()) {
      at = std::max(at, intervals[next].first);
    }
    for (; next < intervals.size() && intervals[next].first <= at; ++next) {
      open.push(intervals[next]);
    }
    const Interval& winner = open.top();
    const std::uint64_t end = next < intervals.size() ? std::min(winner.last, intervals[next].first - 1) : winner.last;
    NumberRange* const before = out.size() > begin ? &out.back() : nullptr;
    if (before != nullptr && before->last + 1 == at && before->attest == winner.attest &&
        before->credential == winner.credential) {
      before->last = end;
    } else {
      NumberRange& range = out.emplace_back(shape);
      range.first = at;
      range.last = end;
      range.attest = winner.attest;
      range.credential = winner.credential;
    }
    at = end + 1;
  }
}

std::optional<std::uint32_t> index_of(std::span<const std::string> names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - names.begin()));
}

// The error of the first range that cannot be compiled.
std::optional<std::string> find_mistake(std::span<const NumberRangeConfig> numbers, std::span<const std::string> trunks,
                                        std::span<const std::string> credentials) {
  for (const NumberRangeConfig& range : numbers) {
    const auto mistake = [&](std::string_view what, std::string_view name = {}) {
      std::string text = "numbers at ";
      text.append(range.start).append(": ").append(what).append(name);
      return text;
    };
    if (!is_usable(range)) {
      return mistake("not a range of 1 to 15 digits");
    }
    for (const std::string& trunk : range.trunks) {
      if (!index_of(trunks, trunk)) {
        return mistake("no trunk is called ", trunk);
      }
    }
    if (range.attest != '-' && !index_of(credentials, range.credential)) {
      return mistake("no credential is called ", range.credential);
    }
  }
  return std::nullopt;
}

struct Rule {
  const NumberRangeConfig* range = nullptr;
  std::uint32_t credential = tables::kNoCredential;
};

// The ranges that apply to `trunk`. Every name in them is known.
std::vector<Rule> rules_of(std::span<const NumberRangeConfig> numbers, const std::string& trunk,
                           std::span<const std::string> credentials) {
  std::vector<Rule> rules;
  for (const NumberRangeConfig& range : numbers) {
    if (range.trunks.empty() || std::ranges::find(range.trunks, trunk) != range.trunks.end()) {
      const auto credential = range.attest == '-' ? std::nullopt : index_of(credentials, range.credential);
      rules.push_back({&range, credential.value_or(tables::kNoCredential)});
    }
  }
  return rules;
}

// For find_conflicts: everything that shares a key and overlaps is in conflict.
struct Claim {
  std::string trunk;  // empty: all
  bool is_prefix = false;
  std::size_t digits = 0;
  std::uint64_t width = 0;
  std::uint64_t first = 0;
  std::size_t index = 0;

  [[nodiscard]] auto key() const { return std::tie(trunk, is_prefix, digits, width); }
};

std::vector<Claim> claims_of(std::span<const NumberRangeConfig> numbers) {
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const NumberRangeConfig& range = numbers[i];
    if (!is_usable(range)) {
      continue;
    }
    Claim claim;
    claim.is_prefix = range.count == 0;
    claim.digits = range.start.size();
    claim.width = std::max<std::uint64_t>(range.count, 1);
    claim.first = digits_value(range.start);
    claim.index = i;
    if (range.trunks.empty()) {
      claims.push_back(claim);
    }
    for (const std::string& trunk : range.trunks) {
      claim.trunk = trunk;
      claims.push_back(claim);
    }
  }
  return claims;
}

}  // namespace

std::vector<NumberConflict> find_conflicts(std::span<const NumberRangeConfig> numbers) {
  std::vector<Claim> claims = claims_of(numbers);
  std::ranges::sort(claims, [](const Claim& a, const Claim& b) {
    return a.key() < b.key() || (a.key() == b.key() && std::tie(a.first, a.index) < std::tie(b.first, b.index));
  });
  std::vector<NumberConflict> conflicts;
  for (std::size_t i = 1; i < claims.size(); ++i) {
    const Claim& a = claims[i - 1];
    const Claim& b = claims[i];
    if (a.key() == b.key() && b.first - a.first < b.width && a.index != b.index) {
      conflicts.push_back({std::max(a.index, b.index), std::min(a.index, b.index)});
    }
  }
  const auto order = [](const NumberConflict& a, const NumberConflict& b) {
    return std::tie(a.index, a.other) < std::tie(b.index, b.other);
  };
  std::ranges::sort(conflicts, order);
  const auto repeated = std::ranges::unique(
      conflicts, [](const NumberConflict& a, const NumberConflict& b) { return a.index == b.index; });
  conflicts.erase(repeated.begin(), repeated.end());
  return conflicts;
}

std::expected<std::vector<NumberRange>, std::string> compile_numbers(std::span<const NumberRangeConfig> numbers,
                                                                     std::span<const std::string> trunks,
                                                                     std::span<const std::string> credentials) {
  if (const auto mistake = find_mistake(numbers, trunks, credentials)) {
    return std::unexpected(*mistake);
  }
  std::vector<NumberRange> ranges;
  std::vector<Interval> intervals;
  for (std::uint32_t trunk = 0; trunk < trunks.size(); ++trunk) {
    const std::vector<Rule> rules = rules_of(numbers, trunks[trunk], credentials);
    NumberRange shape;
    shape.trunk = trunk;
    for (shape.digits = 1; shape.digits <= kMaxE164Digits; ++shape.digits) {
      intervals.clear();
      for (const Rule& rule : rules) {
        if (std::optional<Interval> interval = interval_of(*rule.range, shape.digits)) {
          interval->credential = rule.credential;
          intervals.push_back(*interval);
        }
      }
      std::ranges::sort(intervals, {}, &Interval::first);
      flatten(intervals, shape, ranges);
      if (ranges.size() > kMaxRanges) {
        return std::unexpected("the number ranges make a table of more than 256 MiB");
      }
    }
  }
  return ranges;
}

std::expected<std::vector<NumberRange>, ConfigErrors> plan_numbers(const ControlConfig& config) {
  std::vector<std::string> trunks;
  trunks.reserve(config.trunks.size());
  for (const tables::Trunk& trunk : config.trunks) {
    trunks.push_back(trunk.name);
  }
  std::vector<std::string> credentials;
  credentials.reserve(config.credentials.size());
  for (const CredentialConfig& credential : config.credentials) {
    credentials.push_back(credential.name);
  }
  auto ranges = compile_numbers(config.numbers, trunks, credentials);
  if (!ranges) {
    return std::unexpected(
        ConfigErrors{{config.file.string(), 0, "numbers", "ranges that make a table", std::move(ranges.error())}});
  }
  return std::move(*ranges);
}

}  // namespace stirline::config
