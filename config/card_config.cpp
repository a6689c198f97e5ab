#include "config/card_config.hpp"

#include <algorithm>

#include "config/option_rules.hpp"

namespace stirline::config {

namespace {

constexpr TextRule kCardUrlRule{"an https URL of at most 512 characters with a path", [](std::string_view text) {
                                  return is_https_url(text) && path_of_https_url(text).size() > 1;
                                }};
constexpr TextRule kWebsiteRule{"an https URL of at most 512 characters", is_https_url};

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return text.size() <= 254 && at != 0 && at < text.size() - 1 && text.find('@', at + 1) == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}
constexpr TextRule kEmailRule{"an e-mail address",
                              [](std::string_view text) { return !text.empty() && is_email(text); }};

}  // namespace

CardConfig read_card(Section& section) {
  CardConfig card;
  card.line = section.line();
  section.text("url", card.url, kCardUrlRule, Need::required);
  section.text("credential", card.credential, kNameRule, Need::required);
  section.text("name", card.name, kShownRule, Need::required);
  section.text("tel", card.tel, kNumberRule);
  section.text("email", card.email, kEmailRule);
  section.text("website", card.website, kWebsiteRule);
  section.text("address", card.address, kShownRule);
  if (!section.has("tel") && !section.has("email") && !section.has("website") && !section.has("address")) {
    section.fail("tel", "at least one of tel, email, website and address (RFC 8688 3.2)", "");
  }
  return card;
}

}  // namespace stirline::config
