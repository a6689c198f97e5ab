#include "tests/support/policy/plain_reading.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "control/policy/canonical_identity.hpp"
#include "control/policy/date_time.hpp"
#include "control/policy/time_period.hpp"

namespace stirline::test {
namespace {

using control::XmlElement;

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string small(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_one_of(const std::string& value, const std::vector<std::string>& list) {
  return std::ranges::find(list, value) != list.end();
}

class Reading {
 public:
  Reading(const ReadingContext& context, const SpokenCall& call) : context_(context), call_(call) {}

  [[nodiscard]] bool matches(XmlElement rule) const {
    for (const XmlElement part : rule.children()) {
      if (part.name() == "conditions" && !all_hold(part)) {
        return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool all_hold(XmlElement conditions) const {
    for (const XmlElement condition : conditions.children()) {
      if (!holds(condition)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool holds(XmlElement condition) const {
    const std::string space(condition.space());
    const std::string name(condition.name());
    const std::vector<std::string> said = words(condition.text());
    if (space == "urn:ietf:params:xml:ns:common-policy") {
      return name == "identity" ? is_identity(condition)
             : name == "sphere" ? is_sphere(condition)
                                : name == "validity" && is_valid(condition);
    }
    if (space == "urn:ietf:params:xml:ns:hashcash") {
      return name == "result" && is_one_of(call_.puzzle, said);
    }
    if (space == "urn:ietf:params:xml:ns:statistical-analysis") {
      return name == "spam-score" && call_.score >= std::stoul(condition.attribute("min").value_or("0")) &&
             call_.score <= std::stoul(condition.attribute("max").value_or("100"));
    }
    return space == "urn:ietf:params:xml:ns:spit-policy" && holds_ours(condition, name, said);
  }

  [[nodiscard]] bool holds_ours(XmlElement condition, const std::string& name,
                                const std::vector<std::string>& said) const {
    if (name == "authentication") {
      return is_one_of(call_.authentication, said) ||
             (is_one_of("signed", said) && call_.authentication.starts_with("verified"));
    }
    if (name == "method") {
      return is_one_of(call_.method, said);
    }
    if (name == "anonymous" || name == "international" || name == "diverted" || name == "watch") {
      const bool is_so = name == "anonymous"       ? call_.anonymous
                         : name == "watch"         ? call_.watch
                         : name == "international" ? call_.international
                                                   : call_.diverted;
      return said.empty() ? is_so : is_one_of(is_so ? "true" : "false", said) || is_one_of(is_so ? "1" : "0", said);
    }
    if (name == "group") {
      return is_one_of(call_.group, said);
    }
    if (name == "call-state") {
      return is_one_of(call_.call_state, said);
    }
    if (name == "presence") {
      return is_present(said);
    }
    if (name == "result") {
      const std::string component = condition.attribute("component").value_or("");
      return is_one_of(component == "hashcash"  ? call_.puzzle
                       : component == "consent" ? call_.consent
                       : component == "pay"     ? call_.payment
                       : component == "ivr"     ? call_.turing
                                                : "?",
                       said);
    }
    if (name == "media") {
      return std::ranges::any_of(call_.media, [&](const std::string& media) { return is_one_of(media, said); });
    }
    if (name == "body-type") {
      return std::ranges::any_of(call_.body_types, [&](const std::string& type) {
        const std::vector<std::string> types = words(small(condition.text()));
        return is_one_of(type, types) || is_one_of(type.substr(0, type.find('/')) + "/*", types);
      });
    }
    if (name == "language") {
      return std::ranges::any_of(call_.languages, [&](const std::string& language) {
        return std::ranges::any_of(said, [&](const std::string& range) {
          return language == small(range) || language.starts_with(small(range) + "-");
        });
      });
    }
    if (name == "list") {
      return std::ranges::any_of(call_.lists, [&](const std::string& list) { return is_one_of(list, said); });
    }
    if (name == "time-period") {
      return is_time(condition);
    }
    return name == "trunk" ? is_one_of(call_.trunk, said) : name == "spc" && is_one_of(call_.spc, said);
  }

  [[nodiscard]] bool is_caller(XmlElement element) const {
    const auto identity = control::policy::canonical_identity(element.attribute("id").value_or(""), {});
    return identity && *identity == call_.caller;
  }
  [[nodiscard]] bool is_domain(XmlElement element) const {
    return small(element.attribute("domain").value_or("?")) == call_.caller_domain;
  }
  [[nodiscard]] bool is_identity(XmlElement identity) const {
    if (call_.caller.empty()) {
      return false;
    }
    for (const XmlElement who : identity.children()) {
      if (who.name() == "one" && is_caller(who)) {
        return true;
      }
      if (who.name() != "many" || (who.attribute("domain") && !is_domain(who))) {
        continue;
      }
      bool excepted = false;
      for (const XmlElement except : who.children()) {
        excepted = excepted || (except.attribute("domain") ? is_domain(except) : is_caller(except));
      }
      if (!excepted) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_sphere(XmlElement sphere) const {
    return !context_.sphere.empty() &&
           is_one_of(small(context_.sphere), words(small(sphere.attribute("value").value_or(""))));
  }

  [[nodiscard]] bool is_valid(XmlElement validity) const {
    std::int64_t from = 0;
    for (const XmlElement time : validity.children()) {
      const std::int64_t seconds = *control::policy::seconds_of_date_time(time.text());
      if (time.name() == "from") {
        from = seconds;
      } else if (from <= call_.now && call_.now < seconds) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_time(XmlElement period) const {
    const auto attribute = [&](std::string_view name) { return period.attribute(name).value_or(""); };
    const auto intervals = control::policy::spread_out({.tzid = attribute("tzid"),
                                                        .dtstart = attribute("dtstart"),
                                                        .duration = attribute("duration"),
                                                        .freq = attribute("freq"),
                                                        .byday = attribute("byday")},
                                                       {call_.now, call_.now + 1});
    return intervals && !intervals->empty();
  }

  [[nodiscard]] bool is_present(const std::vector<std::string>& said) const {
    bool asks_state = false;
    bool asks_activity = false;
    bool is_doing = false;
    for (const std::string& word : said) {
      const bool is_state = word == "open" || word == "closed" || word == "unknown";
      asks_state = asks_state || is_state;
      asks_activity = asks_activity || !is_state;
      is_doing = is_doing || (!is_state && is_one_of(word, context_.activities));
    }
    return (asks_state || asks_activity) && (!asks_state || is_one_of(call_.presence, said)) &&
           (!asks_activity || is_doing);
  }

  const ReadingContext& context_;
  const SpokenCall& call_;
};

struct Said {
  unsigned rank = 0;
  unsigned work = 0;
  bool notify = false;
};

constexpr const char* kRanks[] = {"none", "block", "polite-block", "challenge", "forward", "allow-marked", "allow"};

unsigned rank_of(const std::string& handling) {
  return static_cast<unsigned>(std::ranges::find(kRanks, handling) - std::begin(kRanks));
}

Said actions_of(XmlElement rule) {
  Said said;
  bool mark = false;
  for (const XmlElement part : rule.children()) {
    for (const XmlElement action : part.children()) {
      if (part.name() != "actions") {
        break;
      }
      const std::string text = action.text();
      const std::string name(action.name());
      if (name == "handling") {
        said.rank = std::max(said.rank, rank_of(words(text).front()));
      } else if (name == "forward-to") {
        said.rank = std::max(said.rank, rank_of("forward"));
      } else if (name == "execute") {
        said.rank = std::max(said.rank, rank_of("challenge"));
        said.work = static_cast<unsigned>(std::stoul(action.first().attribute("work").value_or("0")));
      } else if (name == "response") {
        said.rank = std::max(said.rank, rank_of("block"));
      } else if (name == "mark") {
        mark = mark || text == "true";
      } else if (name == "notify") {
        said.notify = said.notify || text == "true";
      }
    }
  }
  if (mark && (said.rank == 0 || said.rank == rank_of("allow"))) {
    said.rank = rank_of("allow-marked");
  }
  if (said.rank != rank_of("challenge")) {
    said.work = 0;
  }
  return said;
}

}  // namespace

PlainVerdict read_plainly(XmlElement ruleset, const ReadingContext& context, const SpokenCall& call) {
  const Reading reading(context, call);
  const bool first_match =
      ruleset.attribute("evaluation", "urn:ietf:params:xml:ns:spit-policy").value_or("") == "first-match";
  PlainVerdict verdict;
  unsigned rank = 0;
  for (const XmlElement rule : ruleset.children()) {
    if (!reading.matches(rule)) {
      continue;
    }
    const Said said = actions_of(rule);
    verdict.notify = verdict.notify || said.notify;
    if (said.rank > rank) {
      rank = said.rank;
      verdict.handling = kRanks[rank];
      verdict.rule = rule.attribute("id").value_or("");
      verdict.work = said.work;
    } else if (said.rank == rank && rank != 0) {
      verdict.work = std::max(verdict.work, said.work);
    }
    if (first_match && rank != 0) {
      break;
    }
  }
  return verdict;
}

}  // namespace stirline::test
