// Rules for tests: laid out, opened, and calls to ask them about.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/policy/facts.hpp"
#include "config/policy/rule.hpp"
#include "config/policy/rule_set.hpp"
#include "config/policy/rule_set_writer.hpp"

namespace stirline::config::policy::test {

inline constexpr KeySecret kSecret{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
inline constexpr std::int64_t kNow = 1'800'000'000;

// An INVITE of the plainest kind from nobody known, with audio.
inline CallFacts plain_call() {
  CallFacts call;
  call.facts = fact_bit(Fact::authentication, Authentication::none) | fact_bit(Fact::method, CallMethod::invite) |
               fact_bit(Fact::anonymous, Truth::no) | fact_bit(Fact::international, Truth::no) |
               fact_bit(Fact::diverted, Truth::no) | fact_bit(Fact::puzzle, Result::none) |
               fact_bit(Fact::turing, Result::none) | fact_bit(Fact::consent, Result::none) |
               fact_bit(Fact::payment, Result::none) | fact_bit(Fact::sender, Sender::unchecked) |
               fact_bit(Fact::watch, Truth::no);
  EXPECT_TRUE(call.texts[static_cast<std::size_t>(KeyKind::media)].push(text_key(kSecret, KeyKind::media, "audio")));
  call.now = kNow;
  return call;
}

template <typename Value>
CallFacts with(CallFacts call, Fact fact, Value value) {
  call.facts = (call.facts & ~all_of(fact)) | fact_bit(fact, value);
  return call;
}

inline CallFacts call_from(std::string_view identity, std::string_view domain = {}) {
  CallFacts call = with(plain_call(), Fact::authentication, Authentication::verified_a);
  call.caller = identity_key(kSecret, identity);
  call.caller_domain = domain.empty() ? kNoKey : text_key(kSecret, KeyKind::domain, domain);
  return call;
}

// The call as a set of rules sees it, with the facts of a user about whom nothing is known.
inline CallFacts to_stranger(CallFacts call) {
  call.facts |= fact_bit(Fact::group, UserGroup::none) | fact_bit(Fact::presence, Presence::unknown) |
                fact_bit(Fact::call_state, CallState::unknown);
  return call;
}

// A view with the octets it looks at.
struct OpenedRules {
  std::vector<std::byte> octets;
  RuleSet set;
};

inline OpenedRules opened(const Rules& rules) {
  auto octets = write_rule_set(rules, kSecret);
  EXPECT_TRUE(octets.has_value()) << (octets ? "" : octets.error());
  OpenedRules result{octets.value_or(std::vector<std::byte>()), {}};
  const auto set = RuleSet::open(result.octets);
  EXPECT_TRUE(set.has_value()) << (set ? "" : set.error());
  result.set = set.value_or(RuleSet());
  return result;
}

inline Rule rule(std::string id, Handling handling) {
  Rule made;
  made.id = std::move(id);
  made.actions.handling = handling;
  return made;
}

// Every kind of condition and text, several of each.
inline Rules rich_rules() {
  Rules rules;
  Rule friends = rule("friends", Handling::allow);
  friends.identities.push_back({{"12155550112", "sip:alice@foo.example.com"}, {}});
  Rule colleagues = rule("colleagues", Handling::allow);
  colleagues.identities.push_back(
      {{},
       {{"company-example.com", {"sip:mallory@company-example.com"}, {}}, {"", {"12155550113"}, {"spam.example"}}}});
  colleagues.times = {{{kNow - 10, kNow + 10}, {kNow + 100, kNow + 200}}};
  Rule strangers = rule("strangers", Handling::challenge);
  strangers.facts = (kAnything & ~all_of(Fact::authentication)) | fact_bit(Fact::authentication, Authentication::none);
  strangers.actions.component = Component::hashcash;
  strangers.actions.work = 15;
  strangers.actions.limit = 3;
  Rule pictures = rule("pictures", Handling::block);
  pictures.facts = (kAnything & ~all_of(Fact::method)) | fact_bit(Fact::method, CallMethod::message);
  pictures.texts = {{KeyKind::body_type, {"image/*", "text/html"}}, {KeyKind::trunk, {"carrier"}}};
  pictures.least_score = 10;
  pictures.most_score = 90;
  pictures.actions.response = 607;
  pictures.actions.phrase = "Unwanted";
  pictures.actions.notify = true;
  pictures.actions.strip_headers = {"subject", "call-info"};
  pictures.actions.remove_body_parts = {"image/png"};
  pictures.actions.display_prefix = "[Spam?] ";
  rules.rules = {friends, colleagues, strangers, pictures};
  rules.contacts = {{"12155550199", kNow + 50},
                    {"sip:carol@example.org", kNow - 50},
                    {"12155550177", kNow + 50, fact_bit(Fact::consent, Result::failure)},
                    {"12155550178", kNow + 50, fact_bit(Fact::turing, Result::success)},
                    {"12155550178", kNow + 90, fact_bit(Fact::consent, Result::failure)}};
  return rules;
}

}  // namespace stirline::config::policy::test
