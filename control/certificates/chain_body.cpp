#include "control/certificates/chain_body.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "crypto_workers/certificate/pem.hpp"

namespace stirline::control {

namespace {

using crypto::X509Certificate;

std::string octets_in(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::optional<std::int64_t> not_after_of(const X509& certificate) {
  const std::unique_ptr<ASN1_TIME, crypto::OpensslFree<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(&certificate)) != 1) {
    return std::nullopt;
  }
  return std::int64_t{days} * 86'400 + seconds;
}

std::string subject_of(const X509& certificate) {
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
  return octets_in(bio.get());
}

// One certificate and not an octet more.
std::expected<std::vector<X509Certificate>, std::string> read_der(std::string_view body) {
  const auto* octets = reinterpret_cast<const unsigned char*>(body.data());
  const unsigned char* const end = octets + body.size();
  X509Certificate certificate(d2i_X509(nullptr, &octets, static_cast<long>(body.size())));
  ERR_clear_error();
  if (!certificate || octets != end) {
    return std::unexpected("it is not one certificate in DER form");
  }
  std::vector<X509Certificate> certificates;
  certificates.push_back(std::move(certificate));
  return certificates;
}

}  // namespace

bool is_content_type(std::string_view field, std::string_view type) {
  field = field.substr(0, field.find(';'));
  field = field.substr(0, field.find_last_not_of(" \t") + 1);
  return std::ranges::equal(field, type,
                            [](char x, char y) { return x == y || (x >= 'A' && x <= 'Z' && x + 32 == y); });
}

std::expected<ChainBody, std::string> read_chain_body(std::string_view body, std::string_view content_type,
                                                      bool accept_der) {
  if (body.size() > crypto::kMaxChainBytes) {
    return std::unexpected("it is longer than 65536 octets");
  }
  const bool is_der = accept_der && is_content_type(content_type, kDerContentType) && !body.contains("-----BEGIN");
  auto certificates =
      is_der ? read_der(body) : crypto::read_certificates(body, crypto::kMaxChainBytes, crypto::kMaxChainCertificates);
  if (!certificates) {
    return std::unexpected(std::move(certificates.error()));
  }
  ChainBody chain;
  const std::optional<std::int64_t> not_after = not_after_of(*certificates->front());
  if (!not_after) {
    return std::unexpected("the validity of the first certificate is unreadable");
  }
  chain.leaf_not_after = *not_after;
  chain.leaf_subject = subject_of(*certificates->front());
  chain.certificates = certificates->size();
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  for (const X509Certificate& certificate : *certificates) {
    if (PEM_write_bio_X509(bio.get(), certificate.get()) != 1) {
      return std::unexpected("out of memory");
    }
  }
  chain.pem = octets_in(bio.get());
  // The text may have grown in being written anew, and what is too long would not be judged later.
  if (chain.pem.size() > crypto::kMaxChainBytes) {
    return std::unexpected("it is longer than 65536 octets");
  }
  return chain;
}

}  // namespace stirline::control
