// A compiled set of rules, read in place, and its verdict on a call: no allocation, no loop that a document can make
// longer than its own length, no text compared (SPIT-FW-06, SPIT-PL-07).
//
// A RuleSet is a view: the octets stay mapped and unchanged while it is used. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "config/policy/facts.hpp"
#include "config/policy/handling.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/rule_limits.hpp"
#include "sip_parser/fixed_list.hpp"

namespace stirline::config::policy {

namespace layout {
struct ContactRow;
struct RuleRow;
}  // namespace layout

inline constexpr std::size_t kMaxCallKeys = 8;  // texts of one kind that a call has: more are not looked at

// What is known about a call. Whoever fills it in keeps to SPIT-FW-02: `caller` and `caller_domain` are authenticated
// or kNoKey.
struct CallFacts {
  FactWord facts = 0;  // complete: one value of each fact, of the call and of the called user
  Key caller = kNoKey;
  Key caller_domain = kNoKey;  // of a URI; numbers have none
  std::int64_t now = 0;        // seconds since 1970
  std::uint8_t score = 0;      // how likely it is unwanted: 0 to 100
  // Media, trunk, signer, body types, languages. By kind; those of identities and domains are empty.
  std::array<sip::FixedList<Key, kMaxCallKeys>, kKeyKinds> texts = {};
};

// Texts that go with a rule.
enum class RuleText : std::uint8_t { id, phrase, target, display_prefix, strip_header, remove_body_part };
inline constexpr std::size_t kRuleTexts = static_cast<std::size_t>(RuleText::remove_body_part) + 1;

// What the rules of one set say about a call: all that match, combined (SPIT-CP-06).
struct Outcome {
  static constexpr std::uint16_t kNoRule = 0xffff;
  static constexpr std::uint16_t kContact = 0xfffe;  // no rule: the caller is a contact

  Handling handling = Handling::none;
  std::uint16_t rule = kNoRule;  // the first that says so much: its texts go with it
  Component component = Component::none;
  std::uint8_t work = 0;       // the highest of those that challenge by this component
  std::uint16_t response = 0;  // of `rule`; 0: none
  bool notify = false;         // any rule that matches
};

class RuleSet {
 public:
  RuleSet() = default;  // without rules

  // Checks everything that is ever read of it. The error says what is wrong where. `octets` may be longer than the set.
  [[nodiscard]] static std::expected<RuleSet, std::string> open(std::span<const std::byte> octets);
  // The same for octets that open() has accepted before.
  [[nodiscard]] static RuleSet trusted(const std::byte* octets);

  [[nodiscard]] bool is_null() const { return octets_ == nullptr; }  // there is no set
  [[nodiscard]] std::size_t octets() const;                          // its size; 0: there is none
  [[nodiscard]] std::size_t rules() const;
  // Kinds of texts that conditions ask for, one bit 1 << KeyKind each: others need not be looked for in a call.
  [[nodiscard]] std::uint32_t asked() const;

  // Whose rules these are, for those with limits; `limits` null: none is used up.
  struct Limited {
    RuleLimits* limits = nullptr;
    Layer layer = Layer::none;
    UserGroup group = UserGroup::none;
  };
  [[nodiscard]] Outcome evaluate(const CallFacts& call) const {
    Outcome outcome;
    evaluate(call, call.facts, {}, outcome);
    return outcome;
  }
  // The same with other facts than those in `call`, and with limits. Written where it is to lie: copied at once, so
  // many small fields cost more than a short set of rules.
  void evaluate(const CallFacts& call, FactWord facts, const Limited& limited, Outcome& outcome) const;
  // `facts` with what has become of challenges of this caller, as the set's contacts have it (SPIT-PL-05).
  [[nodiscard]] FactWord with_results(const CallFacts& call, FactWord facts) const;
  void prefetch() const;  // fetches what evaluate() looks at first

  // Does rule `index` match? For explanations: evaluate() asks the same.
  [[nodiscard]] bool matches(std::size_t index, const CallFacts& call) const;
  [[nodiscard]] Handling handling_of(std::size_t index) const;
  [[nodiscard]] std::uint16_t limit_of(std::size_t index) const;  // calls per second; 0: any number

  // The text of that kind, or empty; of kinds that may be there several times, the one with `number`.
  [[nodiscard]] std::string_view text(std::size_t index, RuleText kind, std::size_t number = 0) const;

 private:
  explicit RuleSet(const std::byte* octets) : octets_(octets) {}

  [[nodiscard]] std::uint64_t admitting(std::size_t first, FactWord facts, std::uint8_t score) const;
  [[nodiscard]] bool holds(const layout::RuleRow& row, const CallFacts& call) const;  // its conditions
  [[nodiscard]] bool is_admitted(std::uint16_t index, const layout::RuleRow& row, const Limited& limited) const;
  [[nodiscard]] bool knows(const CallFacts& call) const;
  [[nodiscard]] std::span<const layout::ContactRow> contacts_of(Key caller) const;

  const std::byte* octets_ = nullptr;
};

}  // namespace stirline::config::policy
