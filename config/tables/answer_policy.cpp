#include "config/tables/answer_policy.hpp"

#include <algorithm>

#include "config/text_rules.hpp"

namespace stirline::config::tables {
namespace {

constexpr std::array<AnswerFacts, kAnswers> kFacts{{
    {"forward", 0, {}},
    {"stir", 0, {}},
    {"302", 302, "Moved Temporarily"},
    {"400", 400, "Bad Request"},
    {"403", 403, "Forbidden"},
    {"428", 428, "Use Identity Header"},
    {"480", 480, "Temporarily Unavailable"},
    {"486", 486, "Busy Here"},
    {"500", 500, "Server Internal Error"},
    {"503", 503, "Service Unavailable"},
    {"603", 603, "Decline"},
    {"603+", 603, "Network Blocked"},
    {"607", 607, "Unwanted"},
    {"608", 608, "Rejected"},
    {{}, 403, "Stale Date"},
    {{}, 436, "Bad Identity Info"},
    {{}, 437, "Unsupported Credential"},
    {{}, 438, "Invalid Identity Header"},
    {{}, 505, "Version Not Supported"},
    {{}, 487, "Request Terminated"},
    {{}, 419, "Puzzle Required"},
    {{}, 403, "Inappropriate Identity"},
    {{}, 402, "Payment Required"},
    {{}, 470, "Consent Needed"},
    {{}, 202, "Accepted"},
    {{}, 180, "Ringing"},
    {{}, 200, "OK"},
}};

// With which a user's rule may refuse a call.
constexpr std::array kRefusals = {Answer::forbidden, Answer::unavailable, Answer::busy,
                                  Answer::declined,  Answer::unwanted,    Answer::rejected};

}  // namespace

const AnswerFacts& facts(Answer answer) {
  return kFacts[static_cast<std::size_t>(answer)];
}

Answer answer_of_refusal(std::uint16_t code) {
  const auto* const found = std::ranges::find(kRefusals, code, [](Answer answer) { return facts(answer).status; });
  return found == kRefusals.end() ? Answer::forward : *found;
}

bool is_refusal(Answer answer) {
  return std::ranges::find(kRefusals, answer) != kRefusals.end();
}

Answer answer_of_code(std::uint16_t code) {
  constexpr std::array kCodes = {Answer::stale_date, Answer::use_identity, Answer::bad_info, Answer::unsupported,
                                 Answer::invalid_identity};
  const auto* const found = std::ranges::find(kCodes, code, [](Answer answer) { return facts(answer).status; });
  return found == kCodes.end() ? Answer::forward : *found;
}

bool AnswerPolicy::any() const {
  return std::ranges::any_of(
      std::array{no_identity, invalid, replayed, malformed, overload, over_limit, wrong_sender, privacy},
      [](Answer answer) { return answer != Answer::forward; });
}

bool is_block_text(std::string_view text) {
  return text.size() <= kMaxBlockText &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool is_redirection(std::string_view text) {
  return is_uri_text(text) && (text.starts_with("sip:") || text.starts_with("sips:") || text.starts_with("tel:"));
}

}  // namespace stirline::config::tables
