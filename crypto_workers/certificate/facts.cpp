#include "crypto_workers/certificate/facts.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/extensions.hpp"
#include "crypto_workers/p256/openssl_key.hpp"

namespace stirline::crypto {
namespace {

std::unexpected<CertificateProblem> malformed(std::string text) {
  ERR_clear_error();
  return std::unexpected(CertificateProblem{Reason::certificate_malformed, std::move(text)});
}

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) {
    return {};
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::string serial_text(const ASN1_INTEGER* serial) {
  const BigNumber number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (!number) {
    return {};
  }
  char* hex = BN_bn2hex(number.get());
  std::string text = hex == nullptr ? "" : hex;
  OPENSSL_free(hex);
  return text;
}

constexpr std::size_t kMaxDomains = 100;
constexpr std::size_t kMaxScopeUrlBytes = 512;

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `text` in lower case if it is a host name and nothing else; otherwise empty.
std::string host_name(std::string_view text) {
  constexpr std::size_t kMaxHostName = 253;
  const auto is_host = [](char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (text.empty() || text.size() > kMaxHostName || text.front() == '.' || text.back() == '.' ||
      !std::ranges::all_of(text, is_host)) {
    return {};
  }
  std::string host(text);
  std::ranges::transform(host, host.begin(), to_lower);
  return host;
}

// Adds the host of `sip:host`; with a user the URI names a person, not a domain.
void add_sip_domain(std::string_view uri, std::vector<std::string>& domains) {
  constexpr std::string_view kScheme = "sip:";
  const bool is_sip =
      uri.size() > kScheme.size() &&
      std::ranges::equal(uri.substr(0, kScheme.size()), kScheme, [](char a, char b) { return to_lower(a) == b; });
  if (std::string host = is_sip ? host_name(uri.substr(kScheme.size())) : std::string(); !host.empty()) {
    domains.push_back(std::move(host));
  }
}

}  // namespace

CertificateNames read_names(const X509& certificate) {
  return {name_text(X509_get_subject_name(&certificate)), name_text(X509_get_issuer_name(&certificate)),
          serial_text(X509_get0_serialNumber(&certificate))};
}

std::optional<Validity> read_validity(const X509& certificate) {
  const auto not_before = seconds_of(X509_get0_notBefore(&certificate));
  const auto not_after = seconds_of(X509_get0_notAfter(&certificate));
  if (!not_before || !not_after) {
    return std::nullopt;
  }
  return Validity{*not_before, *not_after};
}

std::expected<TnAuthList, CertificateProblem> read_scope(const X509& certificate) {
  const auto values = extension_values(certificate, kTnAuthListOid);
  if (values.empty()) {
    return TnAuthList();
  }
  if (values.size() > 1) {
    return malformed("more than one TNAuthList extension");
  }
  auto scope = decode_tn_auth_list(values.front());
  if (!scope) {
    return malformed("the TNAuthList extension is malformed (RFC 8226 9)");
  }
  return *std::move(scope);
}

std::expected<ClaimConstraints, CertificateProblem> read_constraints(const X509& certificate) {
  const auto plain = extension_values(certificate, kConstraintsOid);
  const auto enhanced = extension_values(certificate, kEnhancedConstraintsOid);
  if (plain.empty() && enhanced.empty()) {
    return ClaimConstraints{};
  }
  if (plain.size() + enhanced.size() > 1) {
    return malformed("more than one extension with claim constraints (RFC 9118 3)");
  }
  auto constraints = plain.empty() ? decode_claim_constraints(enhanced.front(), ConstraintsKind::enhanced)
                                   : decode_claim_constraints(plain.front(), ConstraintsKind::plain);
  if (!constraints) {
    return malformed("the extension with claim constraints is malformed (RFC 8226 8)");
  }
  return *std::move(constraints);
}

std::string read_scope_url(const X509& certificate) {
  using Access = std::unique_ptr<AUTHORITY_INFO_ACCESS, OpensslFree<AUTHORITY_INFO_ACCESS_free>>;
  const Access access(
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(&certificate, NID_info_access, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* description = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (description->location->type != GEN_URI || !is_oid(description->method, kStirTnListOid)) {
      continue;
    }
    const std::string_view url = text_of(description->location->d.uniformResourceIdentifier);
    if (url.starts_with("https://") && url.size() <= kMaxScopeUrlBytes && !url.contains('\0')) {
      return std::string(url);
    }
  }
  return {};
}

std::vector<std::string> read_domains(const X509& certificate) {
  using Names = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  std::vector<std::string> sip_domains;
  std::vector<std::string> dns_names;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) {
      add_sip_domain(text_of(name->d.uniformResourceIdentifier), sip_domains);
    } else if (name->type == GEN_DNS) {
      if (std::string host = host_name(text_of(name->d.dNSName)); !host.empty()) {
        dns_names.push_back(std::move(host));
      }
    }
  }
  std::vector<std::string>& domains = sip_domains.empty() ? dns_names : sip_domains;
  std::ranges::sort(domains);
  domains.erase(std::ranges::unique(domains).begin(), domains.end());
  domains.resize(std::min(domains.size(), kMaxDomains));
  return std::move(domains);
}

std::expected<CertificateFacts, CertificateProblem> read_facts(const X509& certificate) {
  CertificateFacts facts;
  CertificateNames names = read_names(certificate);
  facts.subject = std::move(names.subject);
  facts.issuer = std::move(names.issuer);
  facts.serial = std::move(names.serial);
  const auto validity = read_validity(certificate);
  if (!validity) {
    return malformed("the validity of the certificate is unreadable");
  }
  facts.not_before = validity->not_before;
  facts.not_after = validity->not_after;
  if (const auto point = point_of(X509_get0_pubkey(&certificate))) {
    facts.point = *point;
  }
  auto scope = read_scope(certificate);
  if (!scope) {
    return std::unexpected(std::move(scope.error()));
  }
  facts.scope = *std::move(scope);
  auto constraints = read_constraints(certificate);
  if (!constraints) {
    return std::unexpected(std::move(constraints.error()));
  }
  facts.constraints = *std::move(constraints);
  facts.scope_url = read_scope_url(certificate);
  facts.domains = read_domains(certificate);
  return facts;
}

bool critical_extensions_known(const X509& certificate) {
  for (int i = 0; i < X509_get_ext_count(&certificate); ++i) {
    X509_EXTENSION* extension = X509_get_ext(&certificate, i);
    if (X509_EXTENSION_get_critical(extension) == 0 || X509_supported_extension(extension) != 0) {
      continue;
    }
    const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
    if (!is_oid(object, kTnAuthListOid) && !is_oid(object, kConstraintsOid) &&
        !is_oid(object, kEnhancedConstraintsOid)) {
      return false;
    }
  }
  return true;
}

}  // namespace stirline::crypto
