#include "config/policy/rule_set_writer.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "config/policy/rule_set.hpp"
#include "config/policy/rule_set_layout.hpp"

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

std::vector<Key> sorted(std::vector<Key> keys) {
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

class Writer {
 public:
  explicit Writer(const KeySecret& secret) : secret_(secret) {}

  template <typename T>
  void put(const T& value) {
    const auto octets = std::as_bytes(std::span(&value, 1));
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }
  template <typename T>
  void put_all(const std::vector<T>& values) {
    const auto octets = std::as_bytes(std::span(values));
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }
  template <typename T>
  void replace(std::size_t place, const T& value) {
    std::memcpy(octets_.data() + place, &value, sizeof(T));
  }
  void fill_up() { octets_.resize((octets_.size() + kUnit - 1) / kUnit * kUnit); }

  void put(const IdentityCondition& condition) {
    std::vector<Key> ones;
    for (const std::string& one : condition.ones) {
      ones.push_back(identity_key(secret_, one));
    }
    ones = sorted(std::move(ones));
    put(ConditionHead{.kind = static_cast<std::uint8_t>(ConditionKind::identity),
                      .second = static_cast<std::uint16_t>(condition.many.size()),
                      .first = static_cast<std::uint32_t>(ones.size())});
    put_all(ones);
    for (const Many& many : condition.many) {
      put(many);
    }
  }

  void put(const TextCondition& condition) {
    std::vector<Key> any;
    for (const std::string& text : condition.any) {
      any.push_back(text_key(secret_, condition.kind, text));
    }
    any = sorted(std::move(any));
    put(ConditionHead{.kind = static_cast<std::uint8_t>(ConditionKind::text),
                      .detail = static_cast<std::uint8_t>(condition.kind),
                      .first = static_cast<std::uint32_t>(any.size())});
    put_all(any);
  }

  void put(const std::vector<Interval>& intervals) {
    put(ConditionHead{.kind = static_cast<std::uint8_t>(ConditionKind::time),
                      .first = static_cast<std::uint32_t>(intervals.size())});
    put_all(intervals);
  }

  void put_text(RuleText kind, std::string_view text, RuleTail& tail) {
    if (!text.empty()) {
      put(TextHead{static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(text.size())});
      const auto octets = std::as_bytes(std::span(text));
      octets_.insert(octets_.end(), octets.begin(), octets.end());
      ++tail.text_count;
    }
  }

  void put_contacts(const std::vector<Contact>& contacts) {
    std::vector<ContactRow> rows;
    for (const Contact& contact : contacts) {
      rows.push_back({identity_key(secret_, contact.identity), contact.until, contact.result});
    }
    std::ranges::sort(rows, [](const ContactRow& a, const ContactRow& b) {
      if (a.key != b.key || a.result != b.result) {
        return a.key != b.key ? a.key < b.key : a.result < b.result;
      }
      return a.until > b.until;  // of two the one that lasts longer stays
    });
    const auto twice = std::ranges::unique(
        rows, [](const ContactRow& a, const ContactRow& b) { return a.key == b.key && a.result == b.result; });
    rows.erase(twice.begin(), twice.end());
    contacts_ = static_cast<std::uint32_t>(rows.size());
    put_all(rows);
  }

  [[nodiscard]] std::size_t place() const { return octets_.size(); }
  [[nodiscard]] std::uint32_t units() const { return static_cast<std::uint32_t>(octets_.size() / kUnit); }
  [[nodiscard]] std::uint32_t contacts() const { return contacts_; }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(octets_); }

 private:
  void put(const Many& many) {
    std::vector<Key> exceptions;
    for (const std::string& identity : many.except_identities) {
      exceptions.push_back(identity_key(secret_, identity));
    }
    for (const std::string& domain : many.except_domains) {
      exceptions.push_back(text_key(secret_, KeyKind::domain, domain));
    }
    exceptions = sorted(std::move(exceptions));
    put(ManyHead{.domain = many.domain.empty() ? kNoKey : text_key(secret_, KeyKind::domain, many.domain),
                 .exceptions = static_cast<std::uint32_t>(exceptions.size())});
    put_all(exceptions);
  }

  const KeySecret& secret_;
  std::vector<std::byte> octets_;
  std::uint32_t contacts_ = 0;
};

// Empty, or what the rule has too much of.
std::string_view excess_of(const Rule& rule) {
  const Actions& actions = rule.actions;
  const auto short_enough = [](const std::string& text) { return text.size() <= kMaxTextBytes; };
  const auto few_enough = [](const auto& list) { return list.size() <= kMaxConditionKeys; };
  if (!short_enough(rule.id) || !short_enough(actions.phrase) || !short_enough(actions.target) ||
      !short_enough(actions.display_prefix) || !std::ranges::all_of(actions.strip_headers, short_enough) ||
      !std::ranges::all_of(actions.remove_body_parts, short_enough)) {
    return "has a text of more than 255 octets";
  }
  if (actions.strip_headers.size() + actions.remove_body_parts.size() > kMaxListedTexts) {
    return "takes too much out of a message";
  }
  const bool identities_fit = std::ranges::all_of(rule.identities, [&](const IdentityCondition& condition) {
    return few_enough(condition.ones) && few_enough(condition.many) &&
           std::ranges::all_of(condition.many, [&](const Many& many) {
             return many.except_identities.size() + many.except_domains.size() <= kMaxConditionKeys;
           });
  });
  if (!identities_fit ||
      !std::ranges::all_of(rule.texts, [&](const TextCondition& condition) { return few_enough(condition.any); })) {
    return "names too many in one condition";
  }
  if (!std::ranges::all_of(rule.times, [](const auto& times) { return times.size() <= kMaxIntervals; })) {
    return "has too many intervals";
  }
  if (rule.identities.size() + rule.texts.size() + rule.times.size() > kMaxConditions) {
    return "has too many conditions";
  }
  return {};
}

RuleRow row_of(const Rule& rule) {
  const Actions& actions = rule.actions;
  return {.conditions = static_cast<std::uint8_t>(rule.identities.size() + rule.texts.size() + rule.times.size()),
          .least_score = rule.least_score,
          .most_score = rule.most_score,
          .handling = static_cast<std::uint8_t>(actions.handling),
          .component = static_cast<std::uint8_t>(actions.component),
          .work = actions.work,
          .flags = static_cast<std::uint8_t>(
              (actions.notify ? layout::kNotifies : 0) | (actions.limit != 0 ? layout::kIsLimited : 0) |
              (actions.response != 0 ? layout::kHasResponse : 0) | (rule.ends ? layout::kEnds : 0))};
}

RuleTail tail_of(const Rule& rule) {
  return {.response = rule.actions.response, .limit = rule.actions.limit};
}

void put_conditions(Writer& writer, const Rule& rule) {
  for (const IdentityCondition& condition : rule.identities) {
    writer.put(condition);
  }
  for (const TextCondition& condition : rule.texts) {
    writer.put(condition);
  }
  for (const std::vector<Interval>& intervals : rule.times) {
    writer.put(intervals);
  }
}

void put_texts(Writer& writer, const Rule& rule, RuleTail& tail) {
  const Actions& actions = rule.actions;
  writer.put_text(RuleText::id, rule.id, tail);
  writer.put_text(RuleText::phrase, actions.phrase, tail);
  writer.put_text(RuleText::target, actions.target, tail);
  writer.put_text(RuleText::display_prefix, actions.display_prefix, tail);
  for (const std::string& name : actions.strip_headers) {
    writer.put_text(RuleText::strip_header, name, tail);
  }
  for (const std::string& type : actions.remove_body_parts) {
    writer.put_text(RuleText::remove_body_part, type, tail);
  }
  writer.fill_up();
}

}  // namespace

std::expected<std::vector<std::byte>, std::string> write_rule_set(const Rules& rules, const KeySecret& secret) {
  if (rules.rules.size() > kMaxRules) {
    return std::unexpected("more than 1,000 rules");
  }
  if (rules.contacts.size() > kMaxContacts) {
    return std::unexpected("more than 100,000 contacts");
  }
  for (const Rule& rule : rules.rules) {
    if (const std::string_view excess = excess_of(rule); !excess.empty()) {
      return std::unexpected("rule " + rule.id + " " + std::string(excess));
    }
  }
  Writer writer(secret);
  writer.put(SetHead{});
  for (const Rule& rule : rules.rules) {
    writer.put(rule.never ? FactWord{0} : rule.facts);
  }
  const std::size_t rows = writer.place();
  for (const Rule& rule : rules.rules) {
    writer.put(row_of(rule));
  }
  writer.fill_up();
  writer.put_contacts(rules.contacts);
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    RuleRow row = row_of(rules.rules[i]);
    row.details = writer.units();
    put_conditions(writer, rules.rules[i]);
    writer.replace(rows + i * sizeof(RuleRow), row);
  }
  const std::size_t tails = writer.place();
  for (const Rule& rule : rules.rules) {
    writer.put(tail_of(rule));
  }
  writer.fill_up();
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    RuleTail tail = tail_of(rules.rules[i]);
    tail.texts = writer.units();
    put_texts(writer, rules.rules[i], tail);
    writer.replace(tails + i * sizeof(RuleTail), tail);
  }
  std::uint32_t asked = 0;
  for (const Rule& rule : rules.rules) {
    for (const TextCondition& condition : rule.texts) {
      asked |= std::uint32_t{1} << static_cast<unsigned>(condition.kind);
    }
  }
  writer.replace(0, SetHead{.units = writer.units(),
                            .tails = static_cast<std::uint32_t>(tails / kUnit),
                            .contacts = writer.contacts(),
                            .asked = asked,
                            .rules = static_cast<std::uint16_t>(rules.rules.size()),
                            .first_match = rules.first_match ? std::uint16_t{1} : std::uint16_t{0}});
  return writer.take();
}

}  // namespace stirline::config::policy
