// Rules as people mean them, before they are laid out for packet cores: what control makes of a document, and what
// write_rule_set() takes (SPIT-CP-01 to -07, SPIT-PL-01 to -03).
//
// Everything that depends on a clock with a time zone, on names or on the sphere of a user has been settled by whoever
// fills this: times are intervals, texts are canonical, and a rule that cannot match is `never`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/policy/facts.hpp"
#include "config/policy/handling.hpp"
#include "config/policy/identity_key.hpp"

namespace stirline::config::policy {

inline constexpr std::size_t kMaxRules = 1'000;           // of a document (SPIT-FW-06)
inline constexpr std::size_t kMaxTextBytes = 255;         // of a rule's id, a URI, a phrase
inline constexpr std::size_t kMaxConditionKeys = 10'000;  // identities, domains and the like in one condition
inline constexpr std::size_t kMaxIntervals = 1'024;       // of one rule's validity, or of one period of time
inline constexpr std::size_t kMaxConditions = 64;         // of one rule, without facts and score
inline constexpr std::size_t kMaxListedTexts = 32;        // header names and body parts that one rule takes out
inline constexpr std::uint8_t kMaxWork = 24;              // bits of a puzzle (SPIT-HC)
inline constexpr std::size_t kMaxContacts = 100'000;      // of one user

// RFC 4745 7.1.2: everybody who is authenticated, or whoever belongs to a domain; but not these.
struct Many {
  std::string domain = {};  // empty: any
  std::vector<std::string> except_identities = {};
  std::vector<std::string> except_domains = {};
};

// RFC 4745 7.1: one of these. Only an authenticated identity can be (SPIT-FW-02).
struct IdentityCondition {
  std::vector<std::string> ones = {};  // canonical: digits, or a normalized URI
  std::vector<Many> many = {};
};

// One of these texts is among those of that kind that the call has.
struct TextCondition {
  KeyKind kind = KeyKind::trunk;
  std::vector<std::string> any = {};
};

// Seconds since 1970: from <= now < until (RFC 4745 7.4).
struct Interval {
  std::int64_t from = 0;
  std::int64_t until = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct Actions {
  Handling handling = Handling::none;
  Component component = Component::none;  // challenge: by whom
  std::uint8_t work = 0;                  // of hashcash: bits
  std::uint16_t response = 0;             // block: the status; 0: the trunk's own choice
  std::uint16_t limit = 0;                // calls per second that the rule is good for; 0: any number (sp:limit)
  bool mark = false;                      // what is allowed is allowed_marked: settled in `handling`
  bool notify = false;                    // the called user is told
  std::string phrase = {};                // block
  std::string target = {};                // forward: where to; challenge: where the component is, if it wants to know
  std::string display_prefix = {};        // what goes on gets this before the caller's name
  std::vector<std::string> strip_headers = {};
  std::vector<std::string> remove_body_parts = {};  // media types
};

struct Rule {
  std::string id = {};
  bool never = false;  // has a condition that nobody here understands (SPIT-CP-02)
  bool ends = false;   // where it matches, it decides whatever else matches behind it, contacts too
  FactWord facts = kAnything;
  std::uint8_t least_score = 0;  // spam score, 0 to 100
  std::uint8_t most_score = 100;
  std::vector<IdentityCondition> identities = {};  // all must hold
  std::vector<TextCondition> texts = {};           // all must hold
  std::vector<std::vector<Interval>> times = {};   // all must hold; each: one of its intervals, which are sorted
  Actions actions = {};
};

// Whom the user knows without a rule: callers he has called himself, his address book (SPIT-FW-07, SPIT-FW-10), and who
// was challenged before, with what became of it (SPIT-CO-01, SPIT-PY-02).
struct Contact {
  std::string identity = {};
  std::int64_t until = 0;  // seconds since 1970
  FactWord result = 0;     // 0, or one value of one challenge's fact: who has failed is no friend, but known to rules
};

struct Rules {
  bool first_match = false;  // the first rule that matches decides alone (sp:evaluation)
  std::vector<Rule> rules = {};
  std::vector<Contact> contacts = {};
};

}  // namespace stirline::config::policy
