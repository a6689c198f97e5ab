// Any octets as a SIP message with a text, and as a text alone: what is found is UTF-8 within its bounds, tokens lie in
// what was read, and near copies are counted without end.
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>

#include "config/policy/content/html_text.hpp"
#include "config/policy/content/near_copies.hpp"
#include "config/policy/content/text_body.hpp"
#include "config/policy/content/text_tokens.hpp"
#include "sip_parser/utf8.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::content_text {
namespace {

using namespace stirline::config::policy::content;

void read_tokens(std::string_view text, TextTokens& tokens) {
  static NearCopies copies(64);
  tokens.read(text, {1, 2, 3});
  check(tokens.tokens().size() <= TextTokens::kMaxTokens, "tokens have their bound");
  std::set<std::uint64_t> keys;
  for (const Token& token : tokens.tokens()) {
    check(keys.insert(token.key).second, "each token is there once");
    check(std::size_t{token.begin} + token.length <= kMaxTextOctets, "a token lies in the text");
    check(stirline::sip::detail::is_utf8(tokens.text_of(token)), "a token is UTF-8");
  }
  check(copies.see(tokens.likeness(), 1, 1'795'000'000, 60) >= 0, "copies are counted");
}

int run(const std::uint8_t* data, std::size_t size) {
  static const auto message = std::make_unique<stirline::sip::Message>();
  static const auto body = std::make_unique<TextBody>();
  static const auto tokens = std::make_unique<TextTokens>();
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (body->take(octets) == TextFound::text) {
    read_tokens(body->text(), *tokens);
    BoundedText undone;
    undone.clear();
    add_html(octets, undone);
    check(stirline::sip::detail::is_utf8(undone.view()), "HTML of UTF-8 is UTF-8");
  }
  if (message->parse(octets) && message->kind() == stirline::sip::Kind::request) {
    const bool may_have = may_have_text(*message, octets);
    const TextFound found = body->read(*message, octets);
    check(found == TextFound::none || may_have, "what has a text may have one");
    check(body->text().size() <= kMaxTextOctets, "a text has its bound");
    check(stirline::sip::detail::is_utf8(body->text()), "a text is UTF-8");
    if (found == TextFound::text) {
      read_tokens(body->text(), *tokens);
    }
  }
  return 0;
}

const Target kTarget("content_text", run);

}  // namespace
}  // namespace stirline::fuzz::content_text
