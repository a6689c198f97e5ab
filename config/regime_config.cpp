#include "config/regime_config.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/option_rules.hpp"

namespace stirline::config {
namespace {

template <typename Enum>
using Choice = std::pair<std::string_view, Enum>;

constexpr std::array kCertificateProfiles{
    Choice<crypto::CertificateProfile>{"shaken", crypto::CertificateProfile::shaken},
    Choice<crypto::CertificateProfile>{"rfc8226", crypto::CertificateProfile::rfc8226}};
constexpr std::array kRevocations{Choice<bool>{"soft", false}, Choice<bool>{"hard", true}};

constexpr TextRule kSpcRule{"a service provider code of 1 to 64 printable characters", is_spc};
constexpr TextRule kListUrlRule{"an https URL of at most 512 characters, without user, query and fragment",
                                is_https_url};
constexpr TextRule kHostRule{"the name of a host, in small letters", is_small_host};
constexpr TextRule kNamespaceRule{"a namespace of 1 to 32 small letters, digits or '-'", is_small_namespace};

}  // namespace

bool read_regime_options(Section& section, RegimeConfig& regime) {
  regime.line = section.line();
  const bool anchors_good = section.paths("anchors", regime.anchors);
  section.paths("crls", regime.crls);
  section.texts("crl_urls", regime.crl_urls, kListUrlRule);
  section.texts("crl_hosts", regime.crl_hosts, kHostRule);
  section.choice<bool>("revocation", regime.rules.revocation_required, kRevocations);
  section.choice<crypto::CertificateProfile>("certificates", regime.rules.profile, kCertificateProfiles);
  section.flag("domains", regime.rules.domains);
  section.flag("spc_delegates_numbers", regime.rules.spc_delegates_numbers);
  NameSet spcs("an SPC");
  for (Section& priority : section.tables("priority")) {
    PriorityConfig& config = regime.priorities.emplace_back();
    priority.text("spc", config.spc, kSpcRule, Need::required);
    priority.texts("namespaces", config.namespaces, kNamespaceRule, Need::required);
    spcs.add(priority, "spc", config.spc);
  }
  return anchors_good;
}

}  // namespace stirline::config
