#include "control/policy/common_documents.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "config/policy/common_rules.hpp"
#include "control/policy/rule_compiler.hpp"
#include "control/policy/rule_names.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/policy/user_profile.hpp"
#include "control/read_file.hpp"
#include "control/xcap/schemas/schemas.hpp"
#include "control/xcap/xml_document.hpp"
#include "control/xcap/xml_schema.hpp"

namespace stirline::control::policy {

namespace cp = config::policy;
using config::PolicyFile;

namespace {

// What a document of rules must keep to as the operator's own: a mistake, or nothing.
using Mistake = std::optional<RuleMistake>;

bool asks_machine(XmlElement rule) {
  const auto is_of_machine = [](XmlElement condition) { return condition.space() == kStatistics; };
  for (const XmlElement part : rule.children()) {
    if (part.is(kCommonPolicy, "conditions") && std::ranges::any_of(part.children(), is_of_machine)) {
      return true;
    }
  }
  return false;
}

bool blocks_or_alters(const cp::Actions& actions) {
  return (actions.handling != cp::Handling::none && actions.handling < cp::Handling::allow_marked) ||
         !actions.strip_headers.empty() || !actions.remove_body_parts.empty();
}

// SPIT-FW-04. `rules` are those of the document, in its order.
Mistake find_machine_judgement(XmlElement ruleset, const cp::Rules& rules) {
  std::size_t index = 0;
  for (const XmlElement child : ruleset.children()) {
    if (!child.is(kCommonPolicy, "rule")) {
      continue;
    }
    const cp::Rule& rule = rules.rules[index++];
    if (asks_machine(child) && blocks_or_alters(rule.actions)) {
      return RuleMistake{
          "rule " + rule.id +
              " blocks or alters by a spam score: in rules of groups and in soft rules of the operator a "
              "score may only mark",
          child.line()};
    }
  }
  return std::nullopt;
}

bool is_hard(PolicyFile file) {
  return file == PolicyFile::legal || file == PolicyFile::operator_hard;
}

Mistake find_mistake(PolicyFile file, const std::string& text, const XmlSchema& schema, std::int64_t now) {
  const auto document = XmlDocument::parse(text);
  if (!document) {
    return RuleMistake{document.error().text, 0};
  }
  if (const auto valid = schema.validate(*document); !valid) {
    return RuleMistake{valid.error(), 0};
  }
  const auto rules = read_rules(document->root(), {.window = window_at(now)});
  if (!rules) {
    return rules.error();
  }
  if (const auto set = compile_set(*rules, {}); !set) {
    return RuleMistake{set.error(), 0};
  }
  return is_hard(file) ? std::nullopt : find_machine_judgement(document->root(), *rules);
}

}  // namespace

std::expected<CommonDocuments, config::ConfigErrors> CommonDocuments::read(const config::PolicyConfig& config,
                                                                           const std::string& config_file,
                                                                           std::int64_t now) {
  const XmlSchema schema(schemas::kCommonPolicy);
  CommonDocuments documents;
  config::ConfigErrors errors;
  for (std::size_t i = 0; i < config::kPolicyFiles; ++i) {
    if (config.files[i].empty()) {
      continue;
    }
    const auto file = static_cast<PolicyFile>(i);
    const std::string key = "policy." + std::string(to_string(file));
    auto text = read_file(config.files[i], kMaxXmlOctets);
    if (!text) {
      errors.push_back({config_file, config.lines[i], key, "a file that can be read",
                        config.files[i].string() + ": " + text.error()});
    } else if (const Mistake mistake = find_mistake(file, *text, schema, now)) {
      errors.push_back({config.files[i].string(), static_cast<std::uint32_t>(std::max(mistake->line, 0L)), key,
                        "rules that can be used", mistake->text});
    } else {
      documents.texts_[i] = std::move(*text);
    }
  }
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return documents;
}

std::expected<CommonDocuments::Compiled, std::string> CommonDocuments::compile(std::int64_t now,
                                                                               const cp::KeySecret& secret) const {
  std::array<CompiledSet, config::kPolicyFiles> sets;
  Compiled compiled;
  for (std::size_t i = 0; i < config::kPolicyFiles; ++i) {
    if (texts_[i].empty()) {
      continue;
    }
    auto set = compile_document(texts_[i], UserProfile(), now, secret);
    if (!set) {
      return std::unexpected(std::string(to_string(static_cast<PolicyFile>(i))) + ": " + set.error());
    }
    compiled.recurs = compiled.recurs || set->recurs;
    sets[i] = std::move(*set);
  }
  const auto octets = [&](PolicyFile file) {
    return std::span<const std::byte>(sets[static_cast<std::size_t>(file)].octets);
  };
  compiled.image =
      cp::encode_common_rules({.legal = octets(PolicyFile::legal),
                               .operator_hard = octets(PolicyFile::operator_hard),
                               .group_default = {octets(PolicyFile::group_none), octets(PolicyFile::group_closed),
                                                 octets(PolicyFile::group_semi_open), octets(PolicyFile::group_open)},
                               .operator_soft = octets(PolicyFile::operator_soft)},
                              secret, scores_, payment_);
  return compiled;
}

}  // namespace stirline::control::policy
