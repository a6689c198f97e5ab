// RuleSet::open(): goes through the octets once, part by part, as the layout has them.
#include <algorithm>
#include <cstring>

#include "config/policy/rule.hpp"
#include "config/policy/rule_set.hpp"
#include "config/policy/rule_set_layout.hpp"
#include "config/policy/rule_texts.hpp"

namespace stirline::config::policy {
namespace {

using layout::ConditionHead;
using layout::ConditionKind;
using layout::ContactRow;
using layout::kUnit;
using layout::ManyHead;
using layout::RuleRow;
using layout::RuleTail;
using layout::SetHead;
using layout::TextHead;

// The first thing found wrong sticks; what is read behind it is zero.
class Check {
 public:
  explicit Check(std::span<const std::byte> octets) : all_(octets) {}

  template <typename T>
  T read() {
    T value{};
    if (require(all_.size() - next_ >= sizeof(T), "ends too early")) {
      std::memcpy(&value, all_.data() + next_, sizeof(T));
      next_ += sizeof(T);
    }
    return value;
  }

  // `count` keys, each larger than the one before.
  void read_keys(std::size_t count) {
    Key before = kNoKey;
    for (std::size_t i = 0; i < count && good(); ++i) {
      const Key key = read<Key>();
      require(key > before, "has keys out of order");
      before = key;
    }
  }

  std::string_view read_text(std::size_t octets) {
    if (!require(all_.size() - next_ >= octets, "ends too early")) {
      return {};
    }
    next_ += octets;
    return {reinterpret_cast<const char*>(all_.data()) + next_ - octets, octets};
  }
  void fill_up() {
    while (good() && next_ % kUnit != 0) {
      require(read<std::uint8_t>() == 0, "is filled up with something");
    }
  }

  bool require(bool holds, std::string_view what) {
    if (good() && !holds) {
      error_ = what;
    }
    return good();
  }

  void limit(std::size_t octets) { all_ = all_.first(std::min(octets, all_.size())); }
  [[nodiscard]] bool good() const { return error_.empty(); }
  [[nodiscard]] std::size_t place() const { return next_; }
  [[nodiscard]] std::string_view error() const { return error_; }

 private:
  std::span<const std::byte> all_;
  std::size_t next_ = 0;
  std::string_view error_;
};

bool is_response(std::uint16_t status) {
  return status == 0 || (status >= 400 && status <= 699);
}

void check_row(Check& check, const RuleRow& row, FactWord admitted) {
  check.require((admitted & ~kAnything) == 0, "admits facts that there are not");
  check.require(row.least_score <= 100 && row.most_score <= 100, "has a score above 100");
  check.require(row.handling < kHandlings, "has an unknown handling");
  check.require(row.component < kComponents, "has an unknown component");
  check.require((row.handling == static_cast<std::uint8_t>(Handling::challenge)) == (row.component != 0),
                "challenges by no component, or has one and does not challenge");
  check.require(row.work <= kMaxWork, "asks for more work than allowed");
  check.require((row.flags & ~layout::kRuleFlags) == 0, "has flags that there are not");
  check.require(row.reserved == 0, "has something reserved that is not zero");
}

void check_tail(Check& check, const RuleTail& tail, const RuleRow& row) {
  check.require(is_response(tail.response), "has a response that is no refusal");
  check.require((tail.limit != 0) == ((row.flags & layout::kIsLimited) != 0) &&
                    (tail.response != 0) == ((row.flags & layout::kHasResponse) != 0),
                "has a limit or a response and does not say so, or the reverse");
  check.require(tail.reserved == decltype(tail.reserved){}, "has something reserved that is not zero");
}

void check_intervals(Check& check, std::size_t count) {
  check.require(count <= kMaxIntervals, "has too many intervals");
  std::int64_t before = INT64_MIN;
  for (std::size_t i = 0; i < count && check.good(); ++i) {
    const auto interval = check.read<Interval>();
    check.require(interval.from >= before && interval.from < interval.until, "has intervals out of order");
    before = interval.until;
  }
}

// Nothing, or one value of one challenge.
bool is_result(FactWord result) {
  return (result & ~kAnyResult) == 0 && (result & (result - 1)) == 0;
}

// `asked` gets the kinds of texts that the conditions are about.
void check_condition(Check& check, std::uint32_t& asked) {
  const auto head = check.read<ConditionHead>();
  check.require(head.first <= kMaxConditionKeys, "has too many keys");
  switch (static_cast<ConditionKind>(head.kind)) {
    case ConditionKind::identity:
      check.require(head.detail == 0, "has a detail of nothing");
      check.read_keys(head.first);
      for (std::size_t i = 0; i < head.second && check.good(); ++i) {
        const auto many = check.read<ManyHead>();
        check.require(many.exceptions <= kMaxConditionKeys && many.reserved == 0, "has too many exceptions");
        check.read_keys(many.exceptions);
      }
      return;
    case ConditionKind::text:
      check.require(head.detail < kKeyKinds && head.second == 0, "asks for texts of no kind");
      asked |= std::uint32_t{1} << (head.detail % kKeyKinds);
      check.read_keys(head.first);
      return;
    case ConditionKind::time:
      check.require(head.detail == 0 && head.second == 0, "has a detail of nothing");
      check_intervals(check, head.first);
      return;
  }
  check.require(false, "has a condition of no kind");
}

void check_conditions(Check& check, const RuleRow& row, std::uint32_t& asked) {
  check.require(check.place() == row.details * kUnit, "has its conditions elsewhere");
  for (std::size_t i = 0; i < row.conditions && check.good(); ++i) {
    check_condition(check, asked);
  }
}

void check_texts(Check& check, const RuleTail& tail) {
  check.require(check.place() == tail.texts * kUnit, "has its texts elsewhere");
  std::uint8_t before = 0;
  for (std::size_t i = 0; i < tail.text_count && check.good(); ++i) {
    const auto head = check.read<TextHead>();
    check.require(head.kind < kRuleTexts && head.kind >= before && head.length != 0, "has a text of no kind");
    before = head.kind;
    const std::string_view text = check.read_text(head.length);
    check.require(!check.good() || is_allowed(static_cast<RuleText>(head.kind), text),
                  "has a text that is not allowed");
  }
  check.fill_up();
}

}  // namespace

std::expected<RuleSet, std::string> RuleSet::open(std::span<const std::byte> octets) {
  Check check(octets);
  check.require(reinterpret_cast<std::uintptr_t>(octets.data()) % kUnit == 0, "is not aligned");
  const auto head = check.read<SetHead>();
  check.require(head.units * kUnit <= octets.size(), "is longer than its octets");
  check.require(head.units * kUnit >= sizeof(head), "is shorter than its head");
  check.require(head.rules <= kMaxRules, "has too many rules");
  check.require(head.contacts <= kMaxContacts, "has too many contacts");
  check.require(head.first_match <= 1 && head.reserved == 0, "has a head that is not allowed");
  check.limit(head.units * kUnit);

  std::array<FactWord, kMaxRules> admitted{};
  for (std::size_t i = 0; i < head.rules && check.good(); ++i) {
    admitted[i] = check.read<FactWord>();
  }
  std::array<RuleRow, kMaxRules> rows{};
  for (std::size_t i = 0; i < head.rules && check.good(); ++i) {
    rows[i] = check.read<RuleRow>();
    check_row(check, rows[i], admitted[i]);
  }
  check.fill_up();
  ContactRow before;
  for (std::size_t i = 0; i < head.contacts && check.good(); ++i) {
    const auto contact = check.read<ContactRow>();
    const bool is_behind = contact.key != before.key ? contact.key > before.key : contact.result > before.result;
    check.require(is_behind && contact.key != kNoKey, "has contacts out of order");
    check.require(is_result(contact.result), "has a contact with a result that is none");
    before = contact;
  }
  std::uint32_t asked = 0;
  for (std::size_t i = 0; i < head.rules && check.good(); ++i) {
    check_conditions(check, rows[i], asked);
  }
  check.require(check.place() == head.tails * kUnit, "has its tails elsewhere");
  std::array<RuleTail, kMaxRules> tails{};
  for (std::size_t i = 0; i < head.rules && check.good(); ++i) {
    tails[i] = check.read<RuleTail>();
    check_tail(check, tails[i], rows[i]);
  }
  check.fill_up();
  for (std::size_t i = 0; i < head.rules && check.good(); ++i) {
    check_texts(check, tails[i]);
  }
  check.require(asked == head.asked, "asks for other texts than it says");
  check.require(check.place() == head.units * kUnit, "does not end where its parts end");
  if (!check.good()) {
    return std::unexpected("octet " + std::to_string(check.place()) + ": the set " + std::string(check.error()));
  }
  return RuleSet(octets.data());
}

}  // namespace stirline::config::policy
