#include "control/policy/rule_compiler.hpp"

#include <algorithm>
#include <iterator>

#include "config/policy/rule_set_writer.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/presence_rules.hpp"

namespace stirline::control::policy {

namespace cp = config::policy;

namespace {

std::expected<XmlDocument, std::string> parse(std::string_view text) {
  auto document = XmlDocument::parse(text);
  if (!document) {
    return std::unexpected(std::move(document.error().text));
  }
  return std::move(*document);
}

RuleContext context_of(const UserProfile& profile, std::int64_t now) {
  return {.sphere = profile.sphere, .activities = profile.activities, .window = window_at(now), .dial_plan = {}};
}

std::expected<cp::Rules, std::string> read(XmlElement ruleset, const UserProfile& profile, std::int64_t now) {
  auto rules = read_rules(ruleset, context_of(profile, now));
  if (!rules) {
    return std::unexpected(std::move(rules.error().text));
  }
  return std::move(*rules);
}

// Whom rules turn away by name, in whatever sphere and at whatever time; sorted.
std::vector<std::string_view> blocked_by_name(const cp::Rules& rules) {
  std::vector<std::string_view> names;
  for (const cp::Rule& rule : rules.rules) {
    const cp::Handling handling = rule.actions.handling;
    if (handling == cp::Handling::block || handling == cp::Handling::polite_block) {
      for (const cp::IdentityCondition& condition : rule.identities) {
        names.insert(names.end(), condition.ones.begin(), condition.ones.end());
      }
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

TimeWindow window_at(std::int64_t now) {
  return {now - kWindowBefore, now + kWindowAfter};
}

std::expected<CompiledSet, std::string> compile_set(const cp::Rules& rules, const cp::KeySecret& secret) {
  auto octets = cp::write_rule_set(rules, secret);
  if (!octets) {
    return std::unexpected(std::move(octets.error()));
  }
  const bool recurs = std::ranges::any_of(rules.rules, [](const cp::Rule& rule) { return !rule.times.empty(); });
  return CompiledSet{std::move(*octets), recurs};
}

std::expected<CompiledSet, std::string> compile_document(std::string_view text, const UserProfile& profile,
                                                         std::int64_t now, const cp::KeySecret& secret) {
  const auto document = parse(text);
  if (!document) {
    return std::unexpected(document.error());
  }
  const auto rules = read(document->root(), profile, now);
  if (!rules) {
    return std::unexpected(rules.error());
  }
  return compile_set(*rules, secret);
}

std::expected<void, std::string> check_rules(XmlElement ruleset, std::int64_t now) {
  const auto rules = read(ruleset, UserProfile(), now);
  if (!rules) {
    return std::unexpected(rules.error());
  }
  const auto set = compile_set(*rules, cp::KeySecret{});  // what is too much is so under any secret
  if (!set) {
    return std::unexpected(set.error());
  }
  return {};
}

std::expected<void, std::string> check_presence_rules(XmlElement ruleset, std::int64_t now) {
  auto read = read_presence_rules(ruleset, context_of({}, now));
  if (!read) {
    return std::unexpected(std::move(read.error().text));
  }
  const auto set = compile_set({.rules = std::move(*read)}, cp::KeySecret{});
  if (!set) {
    return std::unexpected(set.error());
  }
  return {};
}

cp::Key called_key(std::string_view xui, const cp::KeySecret& secret) {
  const auto identity = canonical_identity(xui, {});
  return identity ? cp::identity_key(secret, *identity) : cp::kNoKey;
}

std::expected<CompiledUser, std::string> compile_user(const UserDocuments& documents, std::int64_t now,
                                                      const cp::KeySecret& secret) {
  CompiledUser user;
  user.called = called_key(documents.owner, secret);
  if (user.called == cp::kNoKey) {
    return std::unexpected("the user is nobody who can be called: no sip, sips or tel URI");
  }
  UserProfile profile;
  if (documents.profile) {
    const auto document = parse(*documents.profile);
    if (!document) {
      return std::unexpected("profile: " + document.error());
    }
    auto known = read_profile(document->root());
    if (!known) {
      return std::unexpected("profile: " + known.error());
    }
    profile = std::move(*known);
  }
  user.facts = profile.facts;
  cp::Rules rules;
  if (documents.rules) {
    const auto document = parse(*documents.rules);
    if (!document) {
      return std::unexpected(document.error());
    }
    auto known = read(document->root(), profile, now);
    if (!known) {
      return std::unexpected(std::move(known.error()));
    }
    rules = std::move(*known);
  }
  const std::vector<std::string_view> blocked = blocked_by_name(rules);
  std::ranges::copy_if(documents.contacts, std::back_inserter(rules.contacts), [&](const cp::Contact& contact) {
    return !std::ranges::binary_search(blocked, std::string_view(contact.identity));
  });
  std::vector<cp::Rule> watchers;
  for (const std::string& text : documents.presence) {
    const auto document = parse(text);
    if (!document) {
      return std::unexpected("pres-rules: " + document.error());
    }
    auto read = read_presence_rules(document->root(), context_of(profile, now));
    if (!read) {
      return std::unexpected("pres-rules: " + read.error().text);
    }
    std::ranges::move(*read, std::back_inserter(watchers));
  }
  put_presence_first(std::move(watchers), rules);
  if (documents.rules || !rules.rules.empty() || !rules.contacts.empty()) {
    auto set = compile_set(rules, secret);
    if (!set) {
      return std::unexpected(std::move(set.error()));
    }
    user.rules = std::move(set->octets);
    user.recurs = set->recurs;
  }
  return user;
}

}  // namespace stirline::control::policy
