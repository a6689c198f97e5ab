#include "crypto_workers/certificate/shaken_profile.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>

#include <openssl/err.h>

#include "crypto_workers/certificate/extensions.hpp"
#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/p256/openssl_key.hpp"

namespace stirline::crypto {
namespace {

constexpr std::string_view kPolicyArc = "2.16.840.1.114569.1.1.";  // the STI-PA's certificate policies
constexpr std::uint32_t kCaUsages = KU_KEY_CERT_SIGN | KU_CRL_SIGN;

// One certificate in its role, with what several rules ask for.
struct Examined {
  X509& certificate;
  CertificateRole role;
  std::expected<TnAuthList, CertificateProblem> scope;
  std::vector<std::string> policies;

  [[nodiscard]] std::uint32_t flags() const { return X509_get_extension_flags(&certificate); }
  [[nodiscard]] bool is_ca() const { return (flags() & EXFLAG_CA) != 0; }
  [[nodiscard]] bool has(int nid) const { return X509_get_ext_by_NID(&certificate, nid, -1) >= 0; }
  [[nodiscard]] std::uint32_t own_usage() const {
    return role == CertificateRole::leaf ? std::uint32_t{KU_DIGITAL_SIGNATURE} : std::uint32_t{KU_KEY_CERT_SIGN};
  }
};

std::vector<std::string> policies_of(const X509& certificate) {
  using Policies = std::unique_ptr<CERTIFICATEPOLICIES, OpensslFree<CERTIFICATEPOLICIES_free>>;
  const Policies policies(
      static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(&certificate, NID_certificate_policies, nullptr, nullptr)));
  std::vector<std::string> oids;
  for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
    oids.push_back(oid_text(sk_POLICYINFO_value(policies.get(), i)->policyid));
  }
  return oids;
}

// The number behind the STI-PA's arc: 1 to 4 so far; nothing for another policy.
std::optional<unsigned> policy_number(std::string_view oid) {
  constexpr std::size_t kMostDigits = 3;
  if (!oid.starts_with(kPolicyArc)) {
    return std::nullopt;
  }
  const std::string_view digits = oid.substr(kPolicyArc.size());
  if (digits.empty() || digits.size() > kMostDigits ||
      !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  return static_cast<unsigned>(std::stoul(std::string(digits)));
}

// The values of one attribute of the subject, as UTF-8.
std::vector<std::string> subject_values(const Examined& examined, int nid) {
  const X509_NAME* name = X509_get_subject_name(&examined.certificate);
  std::vector<std::string> values;
  int position = -1;
  while ((position = X509_NAME_get_index_by_NID(name, nid, position)) >= 0) {
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, position)));
    values.emplace_back(length > 0 ? std::string(text, text + length) : std::string());
    OPENSSL_free(text);
  }
  return values;
}

template <int Nid>
bool names_once(const Examined& examined) {
  const auto values = subject_values(examined, Nid);
  return values.size() == 1 && !values.front().empty();
}

bool contains_word(std::string text, std::string_view lower_case) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text.contains(lower_case);
}

bool is_version_3(const Examined& examined) {
  constexpr long kVersion3 = 2;
  return X509_get_version(&examined.certificate) == kVersion3;
}

bool serial_is_positive(const Examined& examined) {
  const BigNumber serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&examined.certificate), nullptr));
  return serial && !BN_is_negative(serial.get()) && !BN_is_zero(serial.get());
}

// Randomness cannot be seen, its length can: of 64 random bits the first octet is zero once in 256.
bool serial_is_long(const Examined& examined) {
  constexpr int kOctets = 8;
  const BigNumber serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&examined.certificate), nullptr));
  return !serial_is_positive(examined) || BN_num_bytes(serial.get()) >= kOctets;
}

bool key_is_p256(const Examined& examined) {
  return point_of(X509_get0_pubkey(&examined.certificate)).has_value();
}

bool algorithm_is_ecdsa_sha256(const Examined& examined) {
  return X509_get_signature_nid(&examined.certificate) == NID_ecdsa_with_SHA256;
}

bool extensions_are_readable(const Examined& examined) {
  return (examined.flags() & EXFLAG_INVALID) == 0;
}

bool extensions_come_once(const Examined& examined) {
  std::set<std::string> seen;
  for (int i = 0; i < X509_get_ext_count(&examined.certificate); ++i) {
    const std::string oid = oid_text(X509_EXTENSION_get_object(X509_get_ext(&examined.certificate, i)));
    if (oid != kTnAuthListOid && !seen.insert(oid).second) {
      return false;
    }
  }
  return true;
}

bool ca_flag_fits(const Examined& examined) {
  return examined.is_ca() == (examined.role != CertificateRole::leaf);
}

// An issuer without the extension fails by its CA flag.
bool basic_constraints_are_critical(const Examined& examined) {
  return is_critical(examined.certificate, NID_basic_constraints) ||
         (examined.role != CertificateRole::leaf && !examined.has(NID_basic_constraints));
}

// X509_get_key_usage() has all bits set where there is no extension.
bool usage_allows_role(const Examined& examined) {
  return (X509_get_key_usage(&examined.certificate) & examined.own_usage()) != 0;
}

bool usage_is_narrow(const Examined& examined) {
  if (!usage_allows_role(examined)) {
    return true;  // told by another rule
  }
  const std::uint32_t allowed = examined.role == CertificateRole::leaf ? examined.own_usage() : kCaUsages;
  return is_critical(examined.certificate, NID_key_usage) &&
         (X509_get_key_usage(&examined.certificate) & ~allowed) == 0;
}

bool has_subject_key_id(const Examined& examined) {
  return X509_get0_subject_key_id(&examined.certificate) != nullptr;
}

bool has_authority_key_id(const Examined& examined) {
  return X509_get0_authority_key_id(&examined.certificate) != nullptr;
}

bool has_tn_auth_list(const Examined& examined) {
  return examined.scope && (!examined.scope->empty() || !read_scope_url(examined.certificate).empty());
}

bool scope_is_readable(const Examined& examined) {
  return examined.scope.has_value();
}

bool constraints_are_readable(const Examined& examined) {
  return read_constraints(examined.certificate).has_value();
}

bool scope_is_one_spc(const Examined& examined) {
  return !has_tn_auth_list(examined) || (examined.scope->entries().size() == 1 && examined.scope->has_spc());
}

bool policy_is_shaken(const Examined& examined) {
  return examined.policies.size() == 1 && policy_number(examined.policies.front());
}

bool has_no_policy(const Examined& examined) {
  return !examined.has(NID_certificate_policies);
}

bool revocation_point_is_sti_pa(const Examined& examined) {
  const DistributionPoints points = distribution_points(examined.certificate);
  if (!points || sk_DIST_POINT_num(points.get()) != 1) {
    return false;
  }
  const DIST_POINT* point = sk_DIST_POINT_value(points.get(), 0);
  const auto urls = uris_of(point->distpoint);
  bool names_issuer = false;
  for (int i = 0; i < sk_GENERAL_NAME_num(point->CRLissuer); ++i) {
    names_issuer = names_issuer || sk_GENERAL_NAME_value(point->CRLissuer, i)->type == GEN_DIRNAME;
  }
  return urls.size() == 1 && urls.front().starts_with("https://") && names_issuer;
}

bool common_name_fits(const Examined& examined) {
  const auto names = subject_values(examined, NID_commonName);
  if (names.size() != 1) {
    return true;  // told by another rule
  }
  switch (examined.role) {
    case CertificateRole::leaf:
      return !has_tn_auth_list(examined) || !scope_is_one_spc(examined) ||
             names.front() == "SHAKEN " + examined.scope->entries().front().value;
    case CertificateRole::intermediate:
      return names.front().contains("SHAKEN") && contains_word(names.front(), "intermediate");
    case CertificateRole::root:
      return names.front().contains("SHAKEN") && contains_word(names.front(), "root");
  }
  return false;
}

// Asked for by the US certificate policy from version 1.3 on (number 3).
bool subject_has_serial_number(const Examined& examined) {
  constexpr unsigned kFirstWithSerialNumber = 3;
  const auto number = policy_is_shaken(examined) ? policy_number(examined.policies.front()) : std::nullopt;
  return !number || *number < kFirstWithSerialNumber || names_once<NID_serialNumber>(examined);
}

bool has_no_other_extension(const Examined& examined) {
  constexpr std::array kKnown = {NID_basic_constraints,      NID_key_usage,
                                 NID_subject_key_identifier, NID_authority_key_identifier,
                                 NID_certificate_policies,   NID_crl_distribution_points};
  for (int i = 0; i < X509_get_ext_count(&examined.certificate); ++i) {
    const ASN1_OBJECT* object = X509_EXTENSION_get_object(X509_get_ext(&examined.certificate, i));
    if (std::ranges::find(kKnown, OBJ_obj2nid(object)) == kKnown.end() && !is_oid(object, kTnAuthListOid)) {
      return false;
    }
  }
  return true;
}

// For whom a rule is, as bits of 1 << role.
constexpr unsigned kLeaf = 1U << static_cast<unsigned>(CertificateRole::leaf);
constexpr unsigned kIntermediate = 1U << static_cast<unsigned>(CertificateRole::intermediate);
constexpr unsigned kRoot = 1U << static_cast<unsigned>(CertificateRole::root);
constexpr unsigned kIssued = kLeaf | kIntermediate;
constexpr unsigned kIssuers = kIntermediate | kRoot;
constexpr unsigned kAll = kIssued | kRoot;

// For which profiles a hard rule counts, as bits of 1 << profile.
constexpr unsigned kShaken = 1U << static_cast<unsigned>(CertificateProfile::shaken);
constexpr unsigned kNumbers = kShaken | 1U << static_cast<unsigned>(CertificateProfile::rfc8226);
constexpr unsigned kEvery = kNumbers | 1U << static_cast<unsigned>(CertificateProfile::domains);

struct ProfileRule {
  std::string_view name;
  Severity severity;
  unsigned roles;
  unsigned profiles;
  std::string_view text;
  bool (*holds)(const Examined&);
};

constexpr std::array kRules{
    ProfileRule{"extensions_readable", Severity::hard, kAll, kEvery,
                "an extension is malformed, or comes twice: nothing else can be told", extensions_are_readable},
    ProfileRule{"version", Severity::soft, kAll, kEvery, "the certificate must be of version 3", is_version_3},
    ProfileRule{"serial_positive", Severity::soft, kAll, kEvery, "the serial number must be greater than 0",
                serial_is_positive},
    ProfileRule{"serial_length", Severity::soft, kAll, kEvery,
                "a serial number with 64 random bits has 8 octets or more", serial_is_long},
    ProfileRule{"key", Severity::hard, kLeaf, kEvery, "the key must be id-ecPublicKey on P-256", key_is_p256},
    ProfileRule{"key", Severity::hard, kIssuers, kShaken, "the key must be id-ecPublicKey on P-256", key_is_p256},
    ProfileRule{"signature_algorithm", Severity::hard, kAll, kShaken,
                "the signature algorithm must be ecdsa-with-SHA256", algorithm_is_ecdsa_sha256},
    ProfileRule{"extensions_once", Severity::soft, kAll, kEvery, "no extension may come twice (RFC 5280 4.2)",
                extensions_come_once},
    ProfileRule{"ca_flag", Severity::hard, kLeaf, kEvery, "the signer must not be a CA", ca_flag_fits},
    ProfileRule{"ca_flag", Severity::hard, kIssuers, kEvery, "an issuer must be a CA", ca_flag_fits},
    ProfileRule{"basic_constraints", Severity::soft, kAll, kEvery, "basicConstraints must be there and critical",
                basic_constraints_are_critical},
    ProfileRule{"key_usage_purpose", Severity::hard, kLeaf, kEvery, "keyUsage lacks digitalSignature",
                usage_allows_role},
    ProfileRule{"key_usage_purpose", Severity::hard, kIssuers, kEvery, "keyUsage lacks keyCertSign", usage_allows_role},
    ProfileRule{"key_usage", Severity::soft, kLeaf, kEvery, "keyUsage must be critical, with digitalSignature alone",
                usage_is_narrow},
    ProfileRule{"key_usage", Severity::soft, kIssuers, kEvery,
                "keyUsage must be critical, with keyCertSign and at most cRLSign beside it", usage_is_narrow},
    ProfileRule{"subject_key_identifier", Severity::soft, kAll, kEvery, "subjectKeyIdentifier is missing",
                has_subject_key_id},
    ProfileRule{"authority_key_identifier", Severity::soft, kIssued, kEvery,
                "authorityKeyIdentifier with a keyIdentifier is missing", has_authority_key_id},
    ProfileRule{"tn_auth_list", Severity::hard, kLeaf, kNumbers, "there is no TNAuthList that can be read",
                has_tn_auth_list},
    ProfileRule{"tn_auth_list", Severity::hard, kIssuers, kEvery, "the TNAuthList is malformed", scope_is_readable},
    ProfileRule{"tn_auth_list_spc", Severity::soft, kLeaf, kNumbers,
                "the TNAuthList must hold one service provider code and nothing else", scope_is_one_spc},
    ProfileRule{"claim_constraints", Severity::hard, kLeaf, kEvery,
                "claim constraints are malformed, or there are two extensions with them (RFC 9118 3)",
                constraints_are_readable},
    ProfileRule{"certificate_policies", Severity::soft, kIssued, kShaken,
                "certificatePolicies must hold one policy, the STI-PA's (2.16.840.1.114569.1.1.N)", policy_is_shaken},
    ProfileRule{"certificate_policies", Severity::soft, kRoot, kShaken, "a root carries no certificatePolicies",
                has_no_policy},
    ProfileRule{"crl_distribution_points", Severity::soft, kIssued, kShaken,
                "cRLDistributionPoints must hold one point: an https URL, and the cRLIssuer who signs its list",
                revocation_point_is_sti_pa},
    ProfileRule{"subject_country", Severity::soft, kAll, kShaken, "the subject must have one C",
                names_once<NID_countryName>},
    ProfileRule{"subject_organization", Severity::soft, kAll, kShaken, "the subject must have one O",
                names_once<NID_organizationName>},
    ProfileRule{"subject_common_name", Severity::soft, kAll, kShaken, "the subject must have one CN",
                names_once<NID_commonName>},
    ProfileRule{"subject_serial_number", Severity::soft, kLeaf, kShaken,
                "under policies from 3 on the subject must have one serialNumber", subject_has_serial_number},
    ProfileRule{"common_name_form", Severity::soft, kLeaf, kShaken,
                "the CN must be SHAKEN, a blank, and the service provider code", common_name_fits},
    ProfileRule{"common_name_form", Severity::soft, kIntermediate, kShaken,
                "the CN must hold the words SHAKEN and intermediate", common_name_fits},
    ProfileRule{"common_name_form", Severity::soft, kRoot, kShaken, "the CN must hold the words SHAKEN and root",
                common_name_fits},
    ProfileRule{"other_extensions", Severity::soft, kAll, kShaken, "there is an extension beyond those of the profile",
                has_no_other_extension},
};

Examined examine(X509& certificate, CertificateRole role) {
  Examined examined{certificate, role, read_scope(certificate), policies_of(certificate)};
  ERR_clear_error();
  return examined;
}

bool is_for(const ProfileRule& rule, CertificateRole role) {
  return (rule.roles & 1U << static_cast<unsigned>(role)) != 0;
}

bool broken(const ProfileRule& rule, const Examined& examined) {
  const bool is_broken = is_for(rule, examined.role) && !rule.holds(examined);
  ERR_clear_error();
  return is_broken;
}

}  // namespace

std::string_view to_string(CertificateRole role) {
  switch (role) {
    case CertificateRole::leaf:
      return "leaf";
    case CertificateRole::intermediate:
      return "intermediate";
    case CertificateRole::root:
      return "root";
  }
  return "leaf";
}

std::string_view to_string(Severity severity) {
  return severity == Severity::hard ? "hard" : "soft";
}

CertificateRole guess_role(X509& certificate) {
  if (X509_NAME_cmp(X509_get_subject_name(&certificate), X509_get_issuer_name(&certificate)) == 0) {
    return CertificateRole::root;
  }
  const bool issues = (X509_get_extension_flags(&certificate) & EXFLAG_CA) != 0 &&
                      (X509_get_key_usage(&certificate) & KU_KEY_CERT_SIGN) != 0;
  return issues ? CertificateRole::intermediate : CertificateRole::leaf;
}

std::vector<ProfileFinding> lint(X509& certificate, CertificateRole role) {
  const Examined examined = examine(certificate, role);
  std::vector<ProfileFinding> findings;
  for (const ProfileRule& rule : kRules) {
    if (broken(rule, examined)) {
      findings.push_back({rule.name, rule.severity, rule.text});
    }
    if (!extensions_are_readable(examined)) {
      break;  // OpenSSL then tells nothing of the others
    }
  }
  return findings;
}

std::optional<ProfileFinding> first_hard_finding(X509& certificate, CertificateRole role, CertificateProfile profile) {
  const Examined examined = examine(certificate, role);
  for (const ProfileRule& rule : kRules) {
    const bool counts = rule.severity == Severity::hard && (rule.profiles & 1U << static_cast<unsigned>(profile)) != 0;
    if (counts && broken(rule, examined)) {
      return ProfileFinding{rule.name, rule.severity, rule.text};
    }
  }
  return std::nullopt;
}

}  // namespace stirline::crypto
