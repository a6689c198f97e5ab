#include "tests/support/policy/spoken_call.hpp"

#include <stdexcept>

namespace stirline::test {
namespace {

using namespace config::policy;

// A word of which no other value is meant: "signed" alone would take in several.
FactWord one(Fact fact, std::string_view word) {
  if (fact == Fact::authentication && word == "signed") {
    return fact_bit(fact, Authentication::signed_);
  }
  const FactWord found = find_word(fact, word);
  if (found == 0) {
    throw std::invalid_argument(std::string(word) + " is no " + std::string(config::policy::facts_of(fact).name));
  }
  return found;
}

FactWord one(Fact fact, bool holds) {
  return fact_bit(fact, holds ? Truth::yes : Truth::no);
}

class Texts {
 public:
  Texts(CallFacts& facts, const KeySecret& secret) : facts_(facts), secret_(secret) {}

  void add(KeyKind kind, std::string_view text) {
    if (!text.empty() && !facts_.texts[static_cast<std::size_t>(kind)].push(text_key(secret_, kind, text))) {
      throw std::length_error("more texts than a call is asked about");
    }
  }

 private:
  CallFacts& facts_;
  const KeySecret& secret_;
};

}  // namespace

CallFacts facts_of(const SpokenCall& call, const KeySecret& secret) {
  CallFacts facts;
  facts.facts = one(Fact::authentication, call.authentication) | one(Fact::method, call.method) |
                one(Fact::anonymous, call.anonymous) | one(Fact::international, call.international) |
                one(Fact::diverted, call.diverted) | one(Fact::puzzle, call.puzzle) | one(Fact::turing, call.turing) |
                one(Fact::consent, call.consent) | one(Fact::payment, call.payment) | one(Fact::sender, call.sender) |
                one(Fact::watch, call.watch) | one(Fact::group, call.group) | one(Fact::presence, call.presence) |
                one(Fact::call_state, call.call_state);
  facts.caller = call.caller.empty() ? kNoKey : identity_key(secret, call.caller);
  facts.caller_domain = call.caller_domain.empty() ? kNoKey : text_key(secret, KeyKind::domain, call.caller_domain);
  facts.now = call.now;
  facts.score = static_cast<std::uint8_t>(call.score);
  Texts texts(facts, secret);
  for (const std::string& media : call.media) {
    texts.add(KeyKind::media, media);
  }
  for (const std::string& type : call.body_types) {
    texts.add(KeyKind::body_type, type);
    texts.add(KeyKind::body_type, type.substr(0, type.find('/')) + "/*");
  }
  for (const std::string& language : call.languages) {
    for (std::size_t end = 0; end != std::string::npos;) {
      end = language.find('-', end + 1);
      texts.add(KeyKind::language, language.substr(0, end));
    }
  }
  texts.add(KeyKind::trunk, call.trunk);
  texts.add(KeyKind::spc, call.spc);
  for (const std::string& list : call.lists) {
    texts.add(KeyKind::list, list);
  }
  return facts;
}

}  // namespace stirline::test
