#include "dataplane/counters.hpp"

#include <algorithm>
#include <cctype>

namespace stirline::dataplane {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::array<CounterFacts, kCounters> make_facts() {
  std::array<CounterFacts, kCounters> facts;
  std::size_t at = 0;
#define STIRLINE_COUNTER_FACTS(name, unit, help) facts[at++] = {#name, unit, help};
  STIRLINE_COUNTERS(STIRLINE_COUNTER_FACTS)
#undef STIRLINE_COUNTER_FACTS
  for (std::size_t i = 0; i < sip::kErrorCodes; ++i) {
    const std::string code = lower(sip::to_string(static_cast<sip::ErrorCode>(i)));
    facts[at++] = {"parse_" + code, "messages", "trunk datagrams whose SIP parse ended with " + code};
  }
  for (std::size_t i = 0; i < crypto::kNotSigned; ++i) {
    const std::string reason(crypto::to_string(static_cast<crypto::NotSigned>(i)));
    facts[at++] = {"not_signed_" + reason, "messages", "requests towards a peer passed on unsigned: " + reason};
  }
  for (std::size_t i = 0; i < kSignOutcomes; ++i) {
    const std::string outcome(crypto::to_string(static_cast<crypto::SignOutcome>(i)));
    facts[at++] = {"sign_" + outcome, "calls", "signing jobs that ended with " + outcome};
  }
  for (std::size_t i = 0; i < crypto::kReasons; ++i) {
    const crypto::ReasonFacts& reason = crypto::facts(static_cast<crypto::Reason>(i));
    facts[at++] = {"verify_" + std::string(reason.name), "calls",
                   "verified calls decided by: " + std::string(reason.text)};
  }
  for (std::size_t i = 0; i < crypto::kTokenTypes; ++i) {
    const std::string_view ppt = crypto::facts(static_cast<crypto::TokenType>(i)).ppt;
    std::string type(ppt.empty() ? "baseline" : ppt);
    std::ranges::replace(type, '-', '_');
    facts[at++] = {"made_" + type, "tokens", "tokens made of the type " + type};
  }
  return facts;
}

}  // namespace

const std::array<CounterFacts, kCounters>& counter_facts() {
  static const std::array<CounterFacts, kCounters> kFacts = make_facts();
  return kFacts;
}

}  // namespace stirline::dataplane
