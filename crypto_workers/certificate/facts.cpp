#include "crypto_workers/certificate/facts.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/openssl_key.hpp"

namespace stirline::crypto {
namespace {

constexpr const char* kTnAuthListOid = "1.3.6.1.5.5.7.1.26";
constexpr const char* kConstraintsOid = "1.3.6.1.5.5.7.1.27";
constexpr const char* kEnhancedConstraintsOid = "1.3.6.1.5.5.7.1.33";

using Asn1Object = std::unique_ptr<ASN1_OBJECT, OpensslFree<ASN1_OBJECT_free>>;

std::unexpected<CertificateProblem> malformed(std::string text) {
  ERR_clear_error();
  return std::unexpected(CertificateProblem{Reason::certificate_malformed, std::move(text)});
}

std::unexpected<CertificateProblem> profile(std::string text) {
  return std::unexpected(CertificateProblem{Reason::certificate_profile, std::move(text)});
}

bool is_oid(const ASN1_OBJECT* object, const char* oid) {
  const Asn1Object wanted(OBJ_txt2obj(oid, 1));
  return wanted && OBJ_cmp(object, wanted.get()) == 0;
}

// The octets inside extnValue of every extension with `oid`: RFC 5280 4.2 allows one.
std::vector<std::span<const std::uint8_t>> extensions(const X509& certificate, const char* oid) {
  std::vector<std::span<const std::uint8_t>> found;
  const Asn1Object object(OBJ_txt2obj(oid, 1));
  int position = -1;
  while (object && (position = X509_get_ext_by_OBJ(&certificate, object.get(), position)) >= 0) {
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(&certificate, position));
    found.emplace_back(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return found;
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

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, OpensslFree<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    return std::nullopt;
  }
  return std::int64_t{days} * 86'400 + seconds;
}

std::expected<ClaimConstraints, CertificateProblem> read_constraints(const X509& certificate) {
  const auto plain = extensions(certificate, kConstraintsOid);
  const auto enhanced = extensions(certificate, kEnhancedConstraintsOid);
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

}  // namespace

std::expected<TnAuthList, CertificateProblem> read_scope(const X509& certificate) {
  const auto values = extensions(certificate, kTnAuthListOid);
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

std::expected<CertificateFacts, CertificateProblem> read_facts(const X509& certificate) {
  CertificateFacts facts;
  facts.subject = name_text(X509_get_subject_name(&certificate));
  facts.issuer = name_text(X509_get_issuer_name(&certificate));
  facts.serial = serial_text(X509_get0_serialNumber(&certificate));
  const auto not_before = seconds_of(X509_get0_notBefore(&certificate));
  const auto not_after = seconds_of(X509_get0_notAfter(&certificate));
  if (!not_before || !not_after) {
    return malformed("the validity of the certificate is unreadable");
  }
  facts.not_before = *not_before;
  facts.not_after = *not_after;
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
  return facts;
}

std::expected<void, CertificateProblem> check_end_entity(X509& certificate, const CertificateFacts& facts) {
  constexpr long kVersion3 = 2;
  const std::uint32_t flags = X509_get_extension_flags(&certificate);
  if ((flags & EXFLAG_INVALID) != 0) {
    return malformed("an extension of the certificate is malformed");
  }
  if (X509_get_version(&certificate) != kVersion3) {
    return profile("the certificate is not of version 3");
  }
  if (facts.point.front() == 0) {
    return profile("the key of the certificate is not on P-256");
  }
  if ((flags & EXFLAG_CA) != 0) {
    return profile("the certificate is one of a CA");
  }
  if ((X509_get_key_usage(&certificate) & KU_DIGITAL_SIGNATURE) == 0) {
    return profile("keyUsage lacks digitalSignature");
  }
  if (facts.scope.empty()) {
    return profile("the certificate has no TNAuthList");
  }
  return {};
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
