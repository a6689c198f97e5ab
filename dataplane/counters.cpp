#include "dataplane/counters.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace stirline::dataplane {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

CounterFacts member_of(const CounterFamily& family, std::string member, std::string help) {
  return {std::string(family.name) + "_" + member, family.unit, std::move(help), &family, std::move(member)};
}

std::array<CounterFacts, kCounters> make_facts() {
  std::array<CounterFacts, kCounters> facts;
  std::size_t at = 0;
#define STIRLINE_COUNTER_FACTS(name, unit, help) facts[at++] = {#name, unit, help};
  STIRLINE_COUNTERS(STIRLINE_COUNTER_FACTS)
#undef STIRLINE_COUNTER_FACTS
  for (std::size_t i = 0; i < sip::kErrorCodes; ++i) {
    const std::string code = lower(sip::to_string(static_cast<sip::ErrorCode>(i)));
    facts[at++] = member_of(kParseFamily, code, "trunk datagrams whose SIP parse ended with " + code);
  }
  for (std::size_t i = 0; i < crypto::kNotSigned; ++i) {
    const std::string reason(crypto::to_string(static_cast<crypto::NotSigned>(i)));
    facts[at++] = member_of(kNotSignedFamily, reason, "requests towards a peer passed on unsigned: " + reason);
  }
  for (std::size_t i = 0; i < kSignOutcomes; ++i) {
    const std::string outcome(crypto::to_string(static_cast<crypto::SignOutcome>(i)));
    facts[at++] = member_of(kSignFamily, outcome, "signing jobs that ended with " + outcome);
  }
  for (std::size_t i = 0; i < crypto::kReasons; ++i) {
    const crypto::ReasonFacts& reason = crypto::facts(static_cast<crypto::Reason>(i));
    facts[at++] =
        member_of(kVerifyFamily, std::string(reason.name), "verified calls decided by: " + std::string(reason.text));
  }
  for (std::size_t i = 0; i < crypto::kTokenTypes; ++i) {
    const std::string_view ppt = crypto::facts(static_cast<crypto::TokenType>(i)).ppt;
    std::string type(ppt.empty() ? "baseline" : ppt);
    std::ranges::replace(type, '-', '_');
    const std::string help = "tokens made of the type " + type;
    facts[at++] = member_of(kMadeFamily, std::move(type), help);
  }
  for (std::size_t i = 0; i < config::tables::kAnswers; ++i) {
    const config::tables::AnswerFacts& answer = config::tables::facts(static_cast<config::tables::Answer>(i));
    std::string phrase = lower(answer.phrase.empty() ? answer.word : answer.phrase);
    std::ranges::replace(phrase, ' ', '_');
    const std::string help = "answers of our own: " + std::to_string(answer.status) + " " + phrase;
    facts[at++] = member_of(kAnswerFamily, std::move(phrase), help);
  }
  return facts;
}

}  // namespace

const std::array<CounterFacts, kCounters>& counter_facts() {
  static const std::array<CounterFacts, kCounters> kFacts = make_facts();
  return kFacts;
}

}  // namespace stirline::dataplane
