// Any message that parses, and rules that take out of it (SPIT-PL-03): what is left is a message of the right length,
// without the fields and the parts that were to go, and all the rest is as it was.
#include "config/policy/message_cuts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/removable_fields.hpp"
#include "config/policy/rule_set_writer.hpp"
#include "sip_parser/body/body_parts.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::message_cuts {
namespace {

using namespace stirline::config::policy;
namespace sip = stirline::sip;

// Rules of which one takes out texts, one pictures and what holds them, one everything that may go.
const std::vector<std::byte>& rule_octets() {
  static const std::vector<std::byte> octets = [] {
    Rules rules;
    for (const std::vector<std::string>& types :
         {std::vector<std::string>{"text/*"}, {"image/png", "multipart/related"}, {"*/*"}}) {
      Rule rule{.id = "r" + std::to_string(rules.rules.size())};
      rule.actions.handling = Handling::allow;
      rule.actions.strip_headers = {"subject", "x-note", "call-info"};
      rule.actions.remove_body_parts = types;
      rules.rules.push_back(std::move(rule));
    }
    return write_rule_set(rules, KeySecret{1}).value_or(std::vector<std::byte>());
  }();
  return octets;
}

bool is_named(const sip::HeaderLine& line, std::string_view octets) {
  const std::string_view written = sip::text(octets, line.name());
  return is_field(written, "subject") || is_field(written, "x-note") || is_field(written, "call-info");
}

void check_rest(const sip::Message& before, const sip::Message& after, std::string_view octets, std::string_view less,
                const Cuts& cuts) {
  const auto named = std::ranges::count_if(before.headers(), [&](const auto& line) { return is_named(line, octets); });
  const auto left = std::ranges::count_if(after.headers(), [&](const auto& line) { return is_named(line, less); });
  check(left == (cuts.is_incomplete ? left : 0), "no field is left that was to go");
  check(cuts.is_incomplete || cuts.fields == named, "each field is counted");
  check(cuts.parts != 0 || sip::text(less, after.body()) == sip::text(octets, before.body()),
        "a body that loses nothing is as it was");
  check(sip::text(less, after.call_id()) == sip::text(octets, before.call_id()) &&
            sip::text(less, after.from().tag) == sip::text(octets, before.from().tag),
        "it is the same request");
}

int run(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  static sip::Message before;
  static sip::Message after;
  if (!before.parse(octets) || before.kind() != sip::Kind::request) {
    return 0;
  }
  const auto rules = RuleSet::open(rule_octets());
  check(rules.has_value(), "these rules are allowed");
  for (std::size_t rule = 0; rule < rules->rules(); ++rule) {
    LengthText length;
    sip::EditList edits;
    const Cuts cuts = cut(*rules, rule, before, octets, length, edits);
    std::string less(edits.result_size(octets.size()), '\0');
    check(edits.apply(octets, less) == less.size(), "an edit fits into its own size");
    check(after.parse(less).has_value(), "what is left is a message");
    check(after.body().length <= before.body().length && after.after_body().length == before.after_body().length,
          "a body only loses, and what is behind it stays");
    check_rest(before, after, octets, less, cuts);
    LengthText length_again;
    sip::EditList again;
    const Cuts none = cut(*rules, rule, after, less, length_again, again);
    check(cuts.is_incomplete || (again.empty() && none.body_unread == cuts.body_unread), "what is taken out is gone");
  }
  return 0;
}

const Target kTarget("message_cuts", run);

}  // namespace
}  // namespace stirline::fuzz::message_cuts
