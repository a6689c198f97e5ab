#include "control/policy/policy_usages.hpp"

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "control/policy/rule_compiler.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/policy/user_profile.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::policy {
namespace {

using Checked = std::expected<void, std::string>;

// SPIT-FW-07: rules of somebody who cannot be called would be nobody's.
Checked check_owner(const std::string& owner) {
  if (called_key(owner, {}) == config::policy::kNoKey) {
    return std::unexpected("the user is nobody who can be called: no sip, sips or tel URI");
  }
  return {};
}

Checked check_profile(const XmlDocument& document, const std::string& owner) {
  if (const auto profile = read_profile(document.root()); !profile) {
    return std::unexpected(profile.error());
  }
  return check_owner(owner);
}

}  // namespace

void join_usages(UsageChecker& checker, Capabilities& capabilities, std::function<std::int64_t()> now) {
  checker.add(kPolicyAuid, [now](const XmlDocument& document, const std::string& owner) -> Checked {
    if (auto checked = check_rules(document.root(), now()); !checked) {
      return checked;
    }
    return check_owner(owner);
  });
  checker.add(kPresenceAuid, [now = std::move(now)](const XmlDocument& document, const std::string& owner) -> Checked {
    if (auto checked = check_presence_rules(document.root(), now()); !checked) {
      return checked;
    }
    return check_owner(owner);
  });
  checker.add(kProfileAuid, check_profile);
  std::vector<std::string> modules;
  for (const std::string_view space : rule_namespaces()) {
    modules.emplace_back(space);
  }
  capabilities.announce(std::move(modules));
}

}  // namespace stirline::control::policy
