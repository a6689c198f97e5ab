#include "config/policy/rule_texts.hpp"

#include <algorithm>

#include "config/policy/message_cuts.hpp"
#include "config/policy/removable_fields.hpp"
#include "config/policy/rule.hpp"
#include "config/tables/answer_policy.hpp"

namespace stirline::config::policy {
namespace {

constexpr std::string_view kPhraseMarks = " ;/?:@&=+$,-_.!~*'()";  // reserved, mark, and SP (RFC 3261 25.1)

constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_reason_phrase(std::string_view text) {
  return text.size() <= kMaxTextBytes && std::ranges::all_of(text, [](char c) {
           return is_alphanumeric(c) || kPhraseMarks.find(c) != std::string_view::npos;
         });
}

bool is_name_prefix(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool is_allowed(RuleText kind, std::string_view text) {
  switch (kind) {
    case RuleText::phrase:
      return is_reason_phrase(text);
    case RuleText::target:
      return tables::is_redirection(text);
    case RuleText::display_prefix:
      return is_name_prefix(text);
    case RuleText::strip_header:
      return is_removable_field(text);
    case RuleText::remove_body_part:
      return is_removable_type(text);
    case RuleText::id:
      break;
  }
  return true;
}

}  // namespace stirline::config::policy
