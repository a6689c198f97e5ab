#include "config/answer_config.hpp"

#include <algorithm>
#include <array>

#include "config/option_rules.hpp"

namespace stirline::config {
namespace {

using tables::Answer;

constexpr TextRule kCardRule{"an https URL of at most 512 characters", is_https_url};
constexpr TextRule kBlockTextRule{"at most 256 printable characters, no quotes or backslashes", tables::is_block_text};

template <std::size_t N>
void read_answer(Section& section, std::string_view key, Answer& into, const std::array<Answer, N>& allowed) {
  std::array<Choice<Answer>, N> choices;
  std::ranges::transform(allowed, choices.begin(),
                         [](Answer answer) { return Choice<Answer>{tables::facts(answer).word, answer}; });
  section.choice<Answer>(key, into, choices);
}

}  // namespace

void read_answers(Section& section, tables::AnswerPolicy& policy) {
  constexpr std::array kRefusals = {Answer::forward,     Answer::redirected, Answer::forbidden, Answer::use_identity,
                                    Answer::unavailable, Answer::busy,       Answer::declined,  Answer::network_blocked,
                                    Answer::unwanted,    Answer::rejected};
  constexpr std::array kVerdicts = {Answer::forward,     Answer::stir,    Answer::redirected, Answer::forbidden,
                                    Answer::unavailable, Answer::busy,    Answer::declined,   Answer::network_blocked,
                                    Answer::unwanted,    Answer::rejected};
  read_answer(section, "no_identity", policy.no_identity, kRefusals);
  read_answer(section, "invalid", policy.invalid, kVerdicts);
  read_answer(section, "replayed", policy.replayed, kRefusals);
  read_answer(section, "malformed", policy.malformed, std::array{Answer::forward, Answer::bad_request});
  read_answer(section, "overload", policy.overload, std::array{Answer::forward, Answer::overloaded});
  read_answer(section, "over_limit", policy.over_limit, std::array{Answer::forward, Answer::overloaded});
  read_answer(section, "wrong_sender", policy.wrong_sender, kRefusals);
  if (policy.wrong_sender == Answer::forbidden) {
    policy.wrong_sender = Answer::inappropriate;  // the same code, and the phrase says why
  }
  read_answer(section, "by_rule", policy.by_rule,
              std::array{Answer::forbidden, Answer::unavailable, Answer::busy, Answer::declined,
                         Answer::network_blocked, Answer::unwanted, Answer::rejected});
  read_answer(section, "privacy", policy.privacy, std::array{Answer::forward, Answer::server_error});
  read_answer(section, "unannounced", policy.unannounced,
              std::array{Answer::redirected, Answer::forbidden, Answer::unavailable, Answer::busy, Answer::declined,
                         Answer::network_blocked, Answer::rejected});
  section.number<std::uint16_t>("retry_after", policy.retry_after, 0, tables::kMaxRetryAfter);
  section.number<std::uint8_t>("polite_ring_seconds", policy.ring_seconds, 0, tables::kMaxRingSeconds);
  const auto gives = [&](Answer wanted) {
    const std::array refusals{policy.no_identity, policy.invalid, policy.replayed, policy.wrong_sender, policy.by_rule};
    const bool rejects = std::ranges::count(refusals, Answer::rejected) != 0;
    return std::ranges::count(refusals, wanted) != 0 || (rejects && policy.unannounced == wanted);
  };
  section.text("redirect_to", policy.redirect_to, kRedirectionRule,
               gives(Answer::redirected) ? Need::required : Need::optional);
  section.text("rejection_card", policy.rejection_card, kCardRule);
  section.text("block_text", policy.block_text, kBlockTextRule);
}

}  // namespace stirline::config
