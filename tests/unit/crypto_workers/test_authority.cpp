#include "tests/unit/crypto_workers/test_authority.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace stirline::test {
namespace {

void require(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(what);
  }
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
  X509_EXTENSION_free(extension);
}

void add_raw_extension(X509* certificate, const char* oid, bool critical, const std::vector<std::uint8_t>& octets) {
  ASN1_OBJECT* object = OBJ_txt2obj(oid, 1);
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  require(ASN1_OCTET_STRING_set(value, octets.data(), static_cast<int>(octets.size())) == 1, "octets");
  X509_EXTENSION* extension = X509_EXTENSION_create_by_OBJ(nullptr, object, critical ? 1 : 0, value);
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "raw extension");
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(object);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

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

IssuedCertificate issue(const CertificateOptions& options, const IssuedCertificate* issuer) {
  static std::int64_t serial = 1'000;
  IssuedCertificate issued{crypto::X509Certificate(X509_new()), crypto::EvpKey(EVP_EC_gen(options.curve.c_str()))};
  X509* certificate = issued.certificate.get();
  X509* parent = issuer == nullptr ? certificate : issuer->certificate.get();
  require(issued.key != nullptr, "key");
  X509_set_version(certificate, options.version - 1);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate), options.not_before);
  ASN1_TIME_set(X509_getm_notAfter(certificate), options.not_after);
  X509_set_pubkey(certificate, issued.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(parent));
  if (options.version == 3) {
    add_extension(certificate, parent, NID_basic_constraints, options.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!options.key_usage.empty()) {
      add_extension(certificate, parent, NID_key_usage, options.key_usage);
    }
    add_extension(certificate, parent, NID_subject_key_identifier, "hash");
    if (!options.alternative_names.empty()) {
      add_extension(certificate, parent, NID_subject_alt_name, options.alternative_names);
    }
    if (!options.tn_auth_list.empty()) {
      add_raw_extension(certificate, "1.3.6.1.5.5.7.1.26", options.tn_auth_list_critical, options.tn_auth_list);
    }
    if (!options.constraints.empty()) {
      add_raw_extension(certificate, "1.3.6.1.5.5.7.1.27", false, options.constraints);
    }
    if (!options.unknown_critical_oid.empty()) {
      add_raw_extension(certificate, options.unknown_critical_oid.c_str(), true, {0x05, 0x00});
    }
  }
  EVP_PKEY* signing_key = issuer == nullptr ? issued.key.get() : issuer->key.get();
  require(X509_sign(certificate, signing_key, EVP_sha256()) > 0, "sign");
  return issued;
}

}  // namespace stirline::test
