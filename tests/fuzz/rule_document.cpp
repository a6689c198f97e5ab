// Any octets as a document of rules: what is read is laid out, and what is laid out is accepted and can be asked
// (SPIT-CP-01, SPIT-FW-06, SPIT-XC-08).
#include <cstdint>
#include <string_view>
#include <utility>

#include "config/policy/rule_set.hpp"
#include "config/policy/rule_set_writer.hpp"
#include "control/policy/presence_rules.hpp"
#include "control/policy/rule_reader.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::rule_document {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kNow = 1'800'000'000;
  const auto document = control::XmlDocument::parse({reinterpret_cast<const char*>(data), size});
  if (!document) {
    return 0;
  }
  const control::policy::RuleContext context{
      .sphere = "work", .activities = {"meeting"}, .window = {kNow - 86'400, kNow + 86'400}};
  auto rules = control::policy::read_rules(document->root(), context);
  if (!rules) {
    check(!rules.error().text.empty(), "a mistake is told");
    return 0;
  }
  // The same as one of pres-rules (SPIT-CL-16).
  if (auto watchers = control::policy::read_presence_rules(document->root(), context)) {
    for (const config::policy::Rule& rule : *watchers) {
      check(rule.ends && rule.actions.handling != config::policy::Handling::none, "each says something and decides");
      check(rule.actions.target.empty() && rule.actions.response == 0, "and nothing else");
    }
    control::policy::put_presence_first(std::move(*watchers), *rules);
  } else {
    check(!watchers.error().text.empty(), "a mistake is told");
  }
  const auto octets = config::policy::write_rule_set(*rules, {});
  if (!octets) {
    check(!octets.error().empty(), "what is too much is told");
    return 0;
  }
  const auto set = config::policy::RuleSet::open(*octets);
  check(set.has_value() && set->rules() == rules->rules.size(), "what we lay out we accept");
  config::policy::CallFacts call;
  call.facts = config::policy::kAnything & 1;
  static_cast<void>(set->evaluate(call));
  return 0;
}

const Target kTarget("rule_document", run);

}  // namespace
}  // namespace stirline::fuzz::rule_document
