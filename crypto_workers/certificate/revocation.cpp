#include "crypto_workers/certificate/revocation.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/pem.hpp"

namespace stirline::crypto {
namespace {

using DistributionPoint = std::unique_ptr<ISSUING_DIST_POINT, OpensslFree<ISSUING_DIST_POINT_free>>;

bool is_indirect(const X509_CRL& list) {
  const DistributionPoint point(
      static_cast<ISSUING_DIST_POINT*>(X509_CRL_get_ext_d2i(&list, NID_issuing_distribution_point, nullptr, nullptr)));
  return point && point->indirectCRL > 0;
}

// A delta list, or one with a critical extension nobody knows, cannot be read alone (RFC 5280 5.2).
bool is_complete_list(const X509_CRL& list) {
  if (X509_CRL_get_ext_by_NID(&list, NID_delta_crl, -1) >= 0) {
    return false;
  }
  for (int i = 0; i < X509_CRL_get_ext_count(&list); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(&list, i);
    if (X509_EXTENSION_get_critical(extension) != 0 &&
        OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_issuing_distribution_point) {
      return false;
    }
  }
  return true;
}

bool signed_by(X509_CRL& list, X509& signer) {
  constexpr std::uint32_t kCrlSign = KU_CRL_SIGN;
  const bool good = X509_NAME_cmp(X509_get_subject_name(&signer), X509_CRL_get_issuer(&list)) == 0 &&
                    (X509_get_key_usage(&signer) & kCrlSign) != 0 &&
                    X509_CRL_verify(&list, X509_get0_pubkey(&signer)) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

std::expected<void, std::string> RevocationLists::add_signers(std::string_view pem) {
  auto certificates = read_certificates(pem, kMaxAnchorFileBytes, kMaxAnchors);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  std::ranges::move(*certificates, std::back_inserter(signers_));
  return {};
}

std::expected<void, std::string> RevocationLists::add(std::string_view pem, CrlTrust trust) {
  auto lists = read_revocation_lists(pem);
  if (!lists) {
    return std::unexpected(lists.error());
  }
  for (const X509RevocationList& list : *lists) {
    if (!is_complete_list(*list)) {
      return std::unexpected("the CRL is a delta list or has an unknown critical extension");
    }
    const auto signed_by_known =
        std::ranges::any_of(signers_, [&](const X509Certificate& signer) { return signed_by(*list, *signer); });
    if (!signed_by_known && trust == CrlTrust::signed_by_known) {
      return std::unexpected("the CRL is not signed by any of the certificates trusted for that");
    }
  }
  std::ranges::move(*lists, std::back_inserter(lists_));
  return {};
}

bool RevocationLists::revoked(X509& certificate) const {
  constexpr int kListed = 1;
  return std::ranges::any_of(lists_, [&](const X509RevocationList& list) {
    const bool own = X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_issuer_name(&certificate)) == 0;
    X509_REVOKED* entry = nullptr;
    return (own || is_indirect(*list)) && X509_CRL_get0_by_cert(list.get(), &entry, &certificate) == kListed;
  });
}

bool RevocationLists::stale(std::int64_t at) const {
  return std::ranges::any_of(lists_, [&](const X509RevocationList& list) {
    const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
    std::time_t now = at;
    return next != nullptr && X509_cmp_time(next, &now) < 0;
  });
}

}  // namespace stirline::crypto
