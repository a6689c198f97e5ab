#include "tests/unit/crypto_workers/test_authority.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/pem.hpp"

namespace stirline::test {

const char* const kAuthoritySections = R"([sti_pa]
C = US
O = Test STI-PA
CN = Test STI-PA CRL
[crl_sti_pa]
fullname = URI:https://sti-pa.example.net/crl
CRLissuer = dirName:sti_pa
[crl_no_issuer]
fullname = URI:https://sti-pa.example.net/crl
[crl_http]
fullname = URI:http://sti-pa.example.net/crl
CRLissuer = dirName:sti_pa
[crl_elsewhere]
fullname = URI:https://sti-pa.example.net/other
CRLissuer = dirName:sti_pa
[idp_indirect]
fullname = URI:https://sti-pa.example.net/crl
indirectCRL = TRUE
[idp_direct]
fullname = URI:https://sti-pa.example.net/crl
[idp_attributes]
fullname = URI:https://sti-pa.example.net/crl
onlyAA = TRUE
)";

namespace {

using Configuration = std::unique_ptr<CONF, crypto::OpensslFree<NCONF_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, crypto::OpensslFree<X509_EXTENSION_free>>;

void require(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(what);
  }
}

Extension configured(X509V3_CTX& context, const std::string& name, const std::string& value) {
  const crypto::Bio text(BIO_new_mem_buf(kAuthoritySections, -1));
  const Configuration sections(NCONF_new(nullptr));
  long line = 0;
  require(NCONF_load_bio(sections.get(), text.get(), &line) == 1, "sections");
  X509V3_set_nconf(&context, sections.get());
  Extension extension(X509V3_EXT_nconf(sections.get(), &context, name.c_str(), value.c_str()));
  require(extension != nullptr, name.c_str());
  return extension;
}

Extension raw(const RawExtension& options) {
  const std::unique_ptr<ASN1_OBJECT, crypto::OpensslFree<ASN1_OBJECT_free>> object(OBJ_txt2obj(options.oid.c_str(), 1));
  const std::unique_ptr<ASN1_OCTET_STRING, crypto::OpensslFree<ASN1_OCTET_STRING_free>> value(ASN1_OCTET_STRING_new());
  require(ASN1_OCTET_STRING_set(value.get(), options.octets.data(), static_cast<int>(options.octets.size())) == 1,
          "octets");
  Extension extension(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), options.critical ? 1 : 0, value.get()));
  require(extension != nullptr, "raw extension");
  return extension;
}

void add_extensions(X509* certificate, X509* issuer, const CertificateOptions& options) {
  const auto add = [&](const std::string& name, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    require(X509_add_ext(certificate, configured(context, name, value).get(), -1) == 1, "extension");
  };
  const auto add_raw = [&](const RawExtension& extension) {
    require(X509_add_ext(certificate, raw(extension).get(), -1) == 1, "raw extension");
  };
  if (options.basic_constraints.empty()) {
    add("basicConstraints", options.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  } else if (options.basic_constraints != "none") {
    add("basicConstraints", options.basic_constraints);
  }
  if (!options.key_usage.empty()) {
    add("keyUsage", options.key_usage);
  }
  if (!options.subject_key_id.empty()) {
    add("subjectKeyIdentifier", options.subject_key_id);
  }
  if (!options.tn_auth_list.empty()) {
    add_raw({"1.3.6.1.5.5.7.1.26", options.tn_auth_list, options.tn_auth_list_critical});
  }
  if (!options.constraints.empty()) {
    add_raw({"1.3.6.1.5.5.7.1.27", options.constraints, false});
  }
  if (!options.unknown_critical_oid.empty()) {
    add_raw({options.unknown_critical_oid, {0x05, 0x00}, true});
  }
  for (const ConfiguredExtension& extension : options.extensions) {
    add(extension.name, extension.value);
  }
  std::ranges::for_each(options.raw_extensions, add_raw);
}

crypto::EvpKey key_of(const CertificateOptions& options) {
  if (options.key_of != nullptr) {
    EVP_PKEY* key = options.key_of->key.get();
    EVP_PKEY_up_ref(key);
    return crypto::EvpKey(key);
  }
  constexpr unsigned kRsaBits = 2'048;
  return crypto::EvpKey(options.curve == "RSA" ? EVP_RSA_gen(kRsaBits) : EVP_EC_gen(options.curve.c_str()));
}

void set_serial(X509* certificate, const std::string& hex) {
  static std::int64_t serial = 1'000;
  if (hex.empty()) {
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), ++serial);
    return;
  }
  BIGNUM* number = nullptr;
  require(BN_hex2bn(&number, hex.c_str()) > 0, "serial");
  const crypto::BigNumber owner(number);
  require(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr, "serial");
}

void add_name_entry(X509_NAME* name, const std::string& field, const std::string& value) {
  require(X509_NAME_add_entry_by_txt(name, field.c_str(), MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0) == 1,
          "name");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

crypto::X509RevocationList::pointer make_list(const RevocationListOptions& options, const IssuedCertificate& signer) {
  X509_CRL* list = X509_CRL_new();
  X509_CRL_set_version(list, 1);
  X509_CRL_set_issuer_name(list, X509_get_subject_name(signer.certificate.get()));
  const std::unique_ptr<ASN1_TIME, crypto::OpensslFree<ASN1_TIME_free>> time(
      ASN1_TIME_set(nullptr, options.this_update));
  X509_CRL_set1_lastUpdate(list, time.get());
  for (const RevokedOptions& entry : options.revoked) {
    X509_REVOKED* revoked = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(entry.certificate->certificate.get()));
    X509_REVOKED_set_revocationDate(revoked, time.get());
    if (entry.issuer != nullptr) {
      const std::unique_ptr<GENERAL_NAMES, crypto::OpensslFree<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
      GENERAL_NAME* name = GENERAL_NAME_new();
      GENERAL_NAME_set0_value(name, GEN_DIRNAME, X509_NAME_dup(entry.issuer));
      sk_GENERAL_NAME_push(names.get(), name);
      require(X509_REVOKED_add1_ext_i2d(revoked, NID_certificate_issuer, names.get(), 1, 0) == 1, "certificateIssuer");
    }
    if (!entry.unknown_critical_oid.empty()) {
      const Extension extension = raw({entry.unknown_critical_oid, {0x05, 0x00}, true});
      require(X509_REVOKED_add_ext(revoked, extension.get(), -1) == 1, "entry extension");
    }
    X509_CRL_add0_revoked(list, revoked);
  }
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer.certificate.get(), nullptr, nullptr, list, 0);
  for (const ConfiguredExtension& extension : options.extensions) {
    require(X509_CRL_add_ext(list, configured(context, extension.name, extension.value).get(), -1) == 1, "extension");
  }
  for (const RawExtension& extension : options.raw_extensions) {
    require(X509_CRL_add_ext(list, raw(extension).get(), -1) == 1, "raw extension");
  }
  return list;
}

}  // namespace

void CertificateOptions::set(const std::string& name, const std::string& value) {
  const auto found = std::ranges::find(extensions, name, &ConfiguredExtension::name);
  if (found == extensions.end()) {
    extensions.push_back({name, value});
  } else {
    found->value = value;
  }
}

void CertificateOptions::drop(const std::string& name) {
  std::erase_if(extensions, [&](const ConfiguredExtension& extension) { return extension.name == name; });
}

std::string IssuedCertificate::pem() const {
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "PEM");
  return text_of(bio.get());
}

std::string IssuedCertificate::key_pem() const {
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM key");
  return text_of(bio.get());
}

CertificateOptions authority_options(const std::string& common_name) {
  CertificateOptions options;
  options.common_name = common_name;
  options.is_ca = true;
  options.key_usage = "critical,keyCertSign,cRLSign";
  return options;
}

CertificateOptions shaken_leaf_options() {
  CertificateOptions options;
  options.subject = {{"C", "US"}, {"O", "Test SP"}, {"serialNumber", "5678"}};
  options.serial = "5A17C0FFEE0123456789ABCDEF";
  options.tn_auth_list = {0x30, 0x08, 0xa0, 0x06, 0x16, 0x04, '5', '6', '7', '8'};
  options.extensions = {{"authorityKeyIdentifier", "keyid:always"},
                        {"certificatePolicies", "2.16.840.1.114569.1.1.4"},
                        {"crlDistributionPoints", "crl_sti_pa"}};
  return options;
}

CertificateOptions shaken_intermediate_options() {
  CertificateOptions options = shaken_leaf_options();
  options.common_name = "SHAKEN Test Intermediate CA";
  options.subject = {{"C", "US"}, {"O", "Test STI-CA"}};
  options.serial = "4A17C0FFEE0123456789ABCDEF";
  options.tn_auth_list.clear();
  options.is_ca = true;
  options.key_usage = "critical,keyCertSign";
  return options;
}

CertificateOptions shaken_root_options() {
  CertificateOptions options = shaken_intermediate_options();
  options.common_name = "SHAKEN Test Root CA";
  options.serial = "3A17C0FFEE0123456789ABCDEF";
  options.key_usage = "critical,keyCertSign,cRLSign";
  options.extensions.clear();
  return options;
}

IssuedCertificate issue(const CertificateOptions& options, const IssuedCertificate* issuer) {
  IssuedCertificate issued{crypto::X509Certificate(X509_new()), key_of(options)};
  X509* certificate = issued.certificate.get();
  X509* parent = issuer == nullptr ? certificate : issuer->certificate.get();
  require(issued.key != nullptr, "key");
  X509_set_version(certificate, options.version - 1);
  set_serial(certificate, options.serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate), options.not_before);
  ASN1_TIME_set(X509_getm_notAfter(certificate), options.not_after);
  X509_set_pubkey(certificate, issued.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  for (const auto& [field, value] : options.subject) {
    add_name_entry(name, field, value);
  }
  if (!options.common_name.empty()) {
    add_name_entry(name, "CN", options.common_name);
  }
  X509_set_issuer_name(certificate, X509_get_subject_name(parent));
  if (options.version > 1) {
    add_extensions(certificate, parent, options);
  }
  EVP_PKEY* signing_key = issuer == nullptr ? issued.key.get() : issuer->key.get();
  require(X509_sign(certificate, signing_key, EVP_get_digestbyname(options.digest.c_str())) > 0, "sign");
  return issued;
}

std::string issue_list(const RevocationListOptions& options, const IssuedCertificate& signer,
                       const IssuedCertificate* key_of) {
  const crypto::X509RevocationList list(make_list(options, signer));
  if (options.next_update != 0) {
    const std::unique_ptr<ASN1_TIME, crypto::OpensslFree<ASN1_TIME_free>> time(
        ASN1_TIME_set(nullptr, options.next_update));
    X509_CRL_set1_nextUpdate(list.get(), time.get());
  }
  const IssuedCertificate& owner = key_of == nullptr ? signer : *key_of;
  require(X509_CRL_sign(list.get(), owner.key.get(), EVP_sha256()) > 0, "sign list");
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509_CRL(bio.get(), list.get()) == 1, "PEM");
  return text_of(bio.get());
}

std::string list_der(const std::string& pem) {
  const auto lists = crypto::read_revocation_lists(pem);
  require(lists.has_value(), "list");
  unsigned char* octets = nullptr;
  const int size = i2d_X509_CRL(lists->front().get(), &octets);
  require(size > 0, "DER of a list");
  const std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

}  // namespace stirline::test
