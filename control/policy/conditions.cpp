// Conditions of rules (RFC 4745 7, SPIT-CP-03 to -05, SPIT-PL-01).
#include <algorithm>
#include <array>

#include "config/policy/facts.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/date_time.hpp"
#include "control/policy/rule_names.hpp"
#include "control/policy/rule_parts.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::Fact;
using config::policy::FactWord;
using config::policy::IdentityCondition;
using config::policy::Interval;
using config::policy::KeyKind;
using config::policy::Many;
using config::policy::Rule;
using Read = std::expected<void, std::string>;

// Nobody who calls has a URI of another scheme: then the text stays empty.
std::expected<std::string, std::string> identity_in(XmlElement element, const RuleContext& context) {
  const auto id = element.attribute("id");
  if (!id) {
    return std::unexpected("id is missing");
  }
  auto canonical = canonical_identity(*id, context.dial_plan);
  const std::string scheme = small_letters(id->substr(0, id->find(':')));
  const bool may_call = scheme == *id || scheme == "sip" || scheme == "sips" || scheme == "tel";
  if (!canonical && may_call) {
    return std::unexpected("\"" + id->substr(0, 64) + "\" is no sip, sips or tel URI");
  }
  return canonical.value_or("");
}

void add(std::string identity, std::vector<std::string>& list) {
  if (!identity.empty()) {
    list.push_back(std::move(identity));
  }
}

std::expected<std::string, std::string> domain_in(const std::string& domain) {
  auto canonical = canonical_domain(domain);
  if (!canonical) {
    return std::unexpected("\"" + domain + "\" is no domain");
  }
  return std::move(*canonical);
}

std::expected<Many, std::string> many_in(XmlElement element, const RuleContext& context) {
  Many many;
  if (const auto domain = element.attribute("domain")) {
    auto canonical = domain_in(*domain);
    if (!canonical) {
      return std::unexpected(canonical.error());
    }
    many.domain = std::move(*canonical);
  }
  for (const XmlElement child : element.children()) {
    if (!child.is(kCommonPolicy, "except")) {
      continue;
    }
    const auto domain = child.attribute("domain");
    auto excepted = domain ? domain_in(*domain) : identity_in(child, context);
    if (!excepted) {
      return std::unexpected(excepted.error());
    }
    add(std::move(*excepted), domain ? many.except_domains : many.except_identities);
  }
  return many;
}

// Children that are not known add nobody.
Read read_identity(XmlElement element, const RuleContext& context, Rule& rule) {
  IdentityCondition condition;
  for (const XmlElement child : element.children()) {
    if (child.is(kCommonPolicy, "one")) {
      if (child.attribute("domain")) {
        return std::unexpected("one has no domain");  // SPIT-CP-03
      }
      auto one = identity_in(child, context);
      if (!one) {
        return std::unexpected(one.error());
      }
      add(std::move(*one), condition.ones);
    } else if (child.is(kCommonPolicy, "many")) {
      auto many = many_in(child, context);
      if (!many) {
        return std::unexpected(many.error());
      }
      condition.many.push_back(std::move(*many));
    }
  }
  rule.identities.push_back(std::move(condition));
  return {};
}

// Of one user at one moment, so it is settled here.
Read read_sphere(XmlElement element, const RuleContext& context, Rule& rule) {
  const std::vector<std::string> spheres = words_of(small_letters(element.attribute("value").value_or("")));
  if (context.sphere.empty() || std::ranges::find(spheres, small_letters(context.sphere)) == spheres.end()) {
    rule.never = true;
  }
  return {};
}

Read read_validity(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  std::vector<std::int64_t> times;  // from, until, from, until
  for (const XmlElement child : element.children()) {
    const bool begins = child.is(kCommonPolicy, "from");
    if (!begins && !child.is(kCommonPolicy, "until")) {
      continue;
    }
    const auto time = seconds_of_date_time(child.text());
    if (!time) {
      return std::unexpected("\"" + child.text().substr(0, 64) + "\" is no date and time with its zone");
    }
    if (begins != (times.size() % 2 == 0)) {
      return std::unexpected("from and until come in turns");
    }
    times.push_back(*time);
  }
  if (times.size() % 2 != 0) {
    return std::unexpected("from and until come in turns");
  }
  std::vector<Interval> intervals;
  for (std::size_t i = 0; i < times.size(); i += 2) {
    if (times[i] < times[i + 1]) {
      intervals.push_back({times[i], times[i + 1]});
    }
  }
  rule.times.push_back(joined(std::move(intervals)));
  return {};
}

Read read_time_period(XmlElement element, const RuleContext& context, Rule& rule) {
  const auto attribute = [&](std::string_view name) { return element.attribute(name).value_or(""); };
  auto intervals = spread_out({.tzid = attribute("tzid"),
                               .dtstart = attribute("dtstart"),
                               .dtend = attribute("dtend"),
                               .duration = attribute("duration"),
                               .freq = attribute("freq"),
                               .interval = attribute("interval"),
                               .until = attribute("until"),
                               .count = attribute("count"),
                               .byday = attribute("byday"),
                               .bymonthday = attribute("bymonthday"),
                               .bymonth = attribute("bymonth"),
                               .wkst = attribute("wkst")},
                              context.window);
  if (!intervals) {
    return std::unexpected(intervals.error());
  }
  rule.times.push_back(std::move(*intervals));
  return {};
}

// One of the words; one that nobody knows is what no call is.
void admit(Fact fact, const std::vector<std::string>& words, Rule& rule) {
  FactWord admitted = 0;
  for (const std::string& word : words) {
    admitted |= find_word(fact, word);
  }
  rule.facts &= ~all_of(fact) | admitted;
  rule.never = rule.never || (rule.facts & all_of(fact)) == 0;
}

template <Fact kFact>
Read read_fact(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  admit(kFact, words_of(element.text()), rule);
  return {};
}

// An empty element is the same as "true".
template <Fact kFact>
Read read_truth(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  std::vector<std::string> words = words_of(element.text());
  if (words.empty()) {
    words.emplace_back("true");
  }
  admit(kFact, words, rule);
  return {};
}

// What an earlier pass of the call came to (SPIT-PL-05).
Read read_result(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  constexpr std::array<std::pair<std::string_view, Fact>, 6> kComponentNames{{
      {"hashcash", Fact::puzzle},
      {"captcha", Fact::turing},
      {"ivr", Fact::turing},
      {"turing", Fact::turing},
      {"consent", Fact::consent},
      {"pay", Fact::payment},
  }};
  const std::string component = element.attribute("component").value_or("");
  const auto* const found = std::ranges::find(kComponentNames, component, &std::pair<std::string_view, Fact>::first);
  if (found == kComponentNames.end()) {
    rule.never = true;  // a component that is not there has no result
    return {};
  }
  admit(found->second, words_of(element.text()), rule);
  return {};
}

// open or closed, activities, or both: one of the words of either kind must be true.
Read read_presence(XmlElement element, const RuleContext& context, Rule& rule) {
  std::vector<std::string> states;
  bool asks_activity = false;
  bool is_doing = false;
  for (const std::string& word : words_of(element.text())) {
    if (find_word(Fact::presence, word) != 0) {
      states.push_back(word);
    } else {
      asks_activity = true;
      is_doing = is_doing || std::ranges::find(context.activities, word) != context.activities.end();
    }
  }
  if (!states.empty()) {
    admit(Fact::presence, states, rule);
  }
  rule.never = rule.never || (asks_activity ? !is_doing : states.empty());
  return {};
}

template <KeyKind kKind>
Read read_texts(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  constexpr bool kAnyCase = kKind == KeyKind::body_type || kKind == KeyKind::language;
  const std::string text = element.text();
  rule.texts.push_back({kKind, words_of(kAnyCase ? small_letters(text) : text)});
  return {};
}

Read read_score(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const auto least = number_of(element.attribute("min").value_or("0"), 0, 100);
  const auto most = number_of(element.attribute("max").value_or("100"), 0, 100);
  if (!least || !most) {
    return std::unexpected(least ? most.error() : least.error());
  }
  rule.least_score = std::max(rule.least_score, static_cast<std::uint8_t>(*least));
  rule.most_score = std::min(rule.most_score, static_cast<std::uint8_t>(*most));
  rule.never = rule.never || rule.least_score > rule.most_score;
  return {};
}

constexpr std::array kConditions{
    PartRow{kCommonPolicy, "identity", read_identity},
    PartRow{kCommonPolicy, "sphere", read_sphere},
    PartRow{kCommonPolicy, "validity", read_validity},
    PartRow{kSpitPolicy, "authentication", read_fact<Fact::authentication>},
    PartRow{kSpitPolicy, "method", read_fact<Fact::method>},
    PartRow{kSpitPolicy, "anonymous", read_truth<Fact::anonymous>},
    PartRow{kSpitPolicy, "international", read_truth<Fact::international>},
    PartRow{kSpitPolicy, "diverted", read_truth<Fact::diverted>},
    PartRow{kSpitPolicy, "sender", read_fact<Fact::sender>},
    PartRow{kSpitPolicy, "watch", read_truth<Fact::watch>},
    PartRow{kSpitPolicy, "group", read_fact<Fact::group>},
    PartRow{kSpitPolicy, "call-state", read_fact<Fact::call_state>},
    PartRow{kSpitPolicy, "presence", read_presence},
    PartRow{kSpitPolicy, "result", read_result},
    PartRow{kSpitPolicy, "media", read_texts<KeyKind::media>},
    PartRow{kSpitPolicy, "body-type", read_texts<KeyKind::body_type>},
    PartRow{kSpitPolicy, "language", read_texts<KeyKind::language>},
    PartRow{kSpitPolicy, "trunk", read_texts<KeyKind::trunk>},
    PartRow{kSpitPolicy, "spc", read_texts<KeyKind::spc>},
    PartRow{kSpitPolicy, "list", read_texts<KeyKind::list>},
    PartRow{kSpitPolicy, "time-period", read_time_period},
    PartRow{kHashcash, "result", read_fact<Fact::puzzle>},
    PartRow{kStatistics, "spam-score", read_score},
};

}  // namespace

PartReader find_condition(XmlElement element) {
  const auto* const row =
      std::ranges::find_if(kConditions, [&](const PartRow& one) { return element.is(one.space, one.name); });
  return row == kConditions.end() ? nullptr : row->read;
}

}  // namespace stirline::control::policy
