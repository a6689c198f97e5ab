#include "config/policy/facts.hpp"

#include <algorithm>
#include <bit>

namespace stirline::config::policy {
namespace {

constexpr std::uint8_t only(auto value) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(value));
}

// "signed" takes in what shaken says more about: who asks for a signature is content with an attested one.
constexpr std::array kAuthentication{
    FactValue{"none", only(Authentication::none)},
    FactValue{"asserted", only(Authentication::asserted)},
    FactValue{"signed", only(Authentication::signed_) | only(Authentication::verified_a) |
                            only(Authentication::verified_b) | only(Authentication::verified_c)},
    FactValue{"verified-A", only(Authentication::verified_a)},
    FactValue{"verified-B", only(Authentication::verified_b)},
    FactValue{"verified-C", only(Authentication::verified_c)},
    FactValue{"failed", only(Authentication::failed)},
};
constexpr std::array kMethod{
    FactValue{"INVITE", only(CallMethod::invite)},
    FactValue{"MESSAGE", only(CallMethod::message)},
    FactValue{"SUBSCRIBE", only(CallMethod::subscribe)},
};
constexpr std::array kTruth{
    FactValue{"false", only(Truth::no)},
    FactValue{"true", only(Truth::yes)},
    FactValue{"0", only(Truth::no)},  // xs:boolean has both
    FactValue{"1", only(Truth::yes)},
};
constexpr std::array kResult{
    FactValue{"none", only(Result::none)},
    FactValue{"success", only(Result::success)},
    FactValue{"failure", only(Result::failure)},
    FactValue{"pending", only(Result::pending)},
};
constexpr std::array kSender{
    FactValue{"unchecked", only(Sender::unchecked)},
    FactValue{"match", only(Sender::match)},
    FactValue{"mismatch", only(Sender::mismatch)},
};
constexpr std::array kGroup{
    FactValue{"none", only(UserGroup::none)},
    FactValue{"closed", only(UserGroup::closed)},
    FactValue{"semi-open", only(UserGroup::semi_open)},
    FactValue{"open", only(UserGroup::open)},
};
constexpr std::array kPresence{
    FactValue{"unknown", only(Presence::unknown)},
    FactValue{"open", only(Presence::open)},
    FactValue{"closed", only(Presence::closed)},
};
constexpr std::array kCallState{
    FactValue{"unknown", only(CallState::unknown)},
    FactValue{"idle", only(CallState::idle)},
    FactValue{"busy", only(CallState::busy)},
    FactValue{"no-answer", only(CallState::no_answer)},
    FactValue{"not-registered", only(CallState::not_registered)},
    FactValue{"ringing", only(CallState::ringing)},
};

constexpr std::array<FactRow, kFacts> kFactRows{{
    {"authentication", kAuthentication},
    {"method", kMethod},
    {"anonymous", kTruth},
    {"international", kTruth},
    {"diverted", kTruth},
    {"puzzle", kResult},
    {"turing", kResult},
    {"consent", kResult},
    {"payment", kResult},
    {"sender", kSender},
    {"watch", kTruth},
    {"group", kGroup},
    {"presence", kPresence},
    {"call-state", kCallState},
}};

}  // namespace

bool is_complete(FactWord word, FactWord within) {
  for (std::size_t i = 0; i < kFacts; ++i) {
    const FactWord all = all_of(static_cast<Fact>(i));
    if (std::popcount(word & all) != ((within & all) != 0 ? 1 : 0)) {
      return false;
    }
  }
  return (word & ~kAnything) == 0;
}

const FactRow& facts_of(Fact fact) {
  return kFactRows[static_cast<std::size_t>(fact)];
}

FactWord find_word(Fact fact, std::string_view word) {
  const auto& words = facts_of(fact).words;
  const auto found = std::ranges::find(words, word, &FactValue::word);
  return found == words.end() ? 0 : fact_bits(fact, found->values);
}

}  // namespace stirline::config::policy
