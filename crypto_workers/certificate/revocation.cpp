#include "crypto_workers/certificate/revocation.hpp"

#include <algorithm>
#include <iterator>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/extensions.hpp"
#include "crypto_workers/certificate/pem.hpp"

namespace stirline::crypto {
namespace {

constexpr int kAbsent = -1;  // what OpenSSL's *_get_ext_d2i say of an extension that is not there

enum class Signature : std::uint8_t { good, wrong, unknown_signer };

bool signed_with_key_of(X509_CRL& list, X509& signer) {
  const bool good =
      (X509_get_key_usage(&signer) & KU_CRL_SIGN) != 0 && X509_CRL_verify(&list, X509_get0_pubkey(&signer)) == 1;
  ERR_clear_error();
  return good;
}

Signature check_against(X509_CRL& list, const std::vector<X509Certificate>& signers) {
  Signature found = Signature::unknown_signer;
  for (const X509Certificate& signer : signers) {
    if (X509_NAME_cmp(X509_get_subject_name(signer.get()), X509_CRL_get_issuer(&list)) == 0) {
      if (signed_with_key_of(list, *signer)) {
        return Signature::good;
      }
      found = Signature::wrong;
    }
  }
  return found;
}

// What is wrong with the extensions of a list: OpenSSL would pass some of it over in silence.
std::optional<std::string> extension_problem(const X509_CRL& list) {
  if (X509_CRL_get_ext_by_NID(&list, NID_delta_crl, -1) >= 0) {
    return "the CRL is a delta list, which cannot be read alone (RFC 5280 5.2.4)";
  }
  for (int i = 0; i < X509_CRL_get_ext_count(&list); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(&list, i);
    const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
    if (X509_EXTENSION_get_critical(extension) != 0 && OBJ_obj2nid(object) != NID_issuing_distribution_point) {
      return "the CRL has a critical extension that is not known: " + oid_text(object);
    }
  }
  return std::nullopt;
}

template <auto Free, typename T>
bool entry_extension_readable(const X509_REVOKED* entry, int nid) {
  int critical = 0;
  const std::unique_ptr<T, OpensslFree<Free>> value(
      static_cast<T*>(X509_REVOKED_get_ext_d2i(entry, nid, &critical, nullptr)));
  return value != nullptr || critical == kAbsent;
}

// The same for its entries. A critical extension of an entry may say that it means something else.
std::optional<std::string> entry_problem(X509_CRL& list) {
  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(&list);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    if (!entry_extension_readable<GENERAL_NAMES_free, GENERAL_NAMES>(entry, NID_certificate_issuer) ||
        !entry_extension_readable<ASN1_ENUMERATED_free, ASN1_ENUMERATED>(entry, NID_crl_reason)) {
      return "an entry of the CRL is malformed";
    }
    for (int j = 0; j < X509_REVOKED_get_ext_count(entry); ++j) {
      X509_EXTENSION* extension = X509_REVOKED_get_ext(entry, j);
      const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
      if (X509_EXTENSION_get_critical(extension) != 0 && nid != NID_certificate_issuer && nid != NID_crl_reason) {
        return "an entry of the CRL has a critical extension that is not known: " +
               oid_text(X509_EXTENSION_get_object(extension));
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::expected<RevocationListFacts, std::string> read_revocation_list(std::string_view octets) {
  const auto list = read_served_list(octets);
  if (!list) {
    return std::unexpected(list.error());
  }
  const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(list->get());
  const auto this_update = seconds_of(X509_CRL_get0_lastUpdate(list->get()));
  RevocationListFacts facts;
  facts.next_update = next_update == nullptr ? std::nullopt : seconds_of(next_update);
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!this_update || (next_update != nullptr && !facts.next_update) ||
      PEM_write_bio_X509_CRL(bio.get(), list->get()) != 1) {
    ERR_clear_error();
    return std::unexpected("the times of the CRL are unreadable");
  }
  facts.this_update = *this_update;
  facts.entries = static_cast<std::size_t>(std::max(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list->get())), 0));
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  facts.pem.assign(data, static_cast<std::size_t>(length));
  return facts;
}

struct RevocationLists::Subject {
  X509& certificate;
  X509& issuer;
  std::vector<std::string> urls = {};  // of its distribution points
  DistributionPoints points = distribution_points(certificate);
  bool names_list_issuer = false;  // a distribution point has a cRLIssuer
  bool is_ca = (X509_get_extension_flags(&certificate) & EXFLAG_CA) != 0;

  Subject(X509& the_certificate, X509& the_issuer) : certificate(the_certificate), issuer(the_issuer) {
    ERR_clear_error();
    for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
      const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
      std::ranges::move(uris_of(point->distpoint), std::back_inserter(urls));
      names_list_issuer = names_list_issuer || sk_GENERAL_NAME_num(point->CRLissuer) > 0;
    }
  }

  [[nodiscard]] bool names_list_issuer_as(const X509_NAME* name) const {
    for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
      if (holds_directory_name(sk_DIST_POINT_value(points.get(), i)->CRLissuer, name)) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_of_issuer(const X509_CRL* list) const {
    return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(&certificate)) == 0;
  }
};

std::expected<void, std::string> RevocationLists::add_signers(std::string_view pem) {
  auto certificates = read_certificates(pem, kMaxAnchorFileBytes, kMaxAnchors);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  std::ranges::move(*certificates, std::back_inserter(signers_));
  return {};
}

std::expected<void, std::string> RevocationLists::add_anchors(std::string_view pem) {
  auto certificates = read_certificates(pem, kMaxAnchorFileBytes, kMaxAnchors);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  std::ranges::move(*certificates, std::back_inserter(anchors_));
  return {};
}

std::expected<RevocationLists::List, std::string> RevocationLists::examine(X509RevocationList crl,
                                                                           std::string_view fetched_from) const {
  const auto refuse = [](std::string text) {
    ERR_clear_error();
    return std::unexpected(std::move(text));
  };
  List list;
  int critical = 0;
  const IssuingDistributionPoint point(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(crl.get(), NID_issuing_distribution_point, &critical, nullptr)));
  if (!point && critical != kAbsent) {
    return refuse("the issuingDistributionPoint of the CRL is malformed or comes twice");
  }
  if (auto problem = extension_problem(*crl)) {
    return refuse(*std::move(problem));
  }
  if (auto problem = entry_problem(*crl)) {
    return refuse(*std::move(problem));
  }
  if (point) {
    if (point->onlyattr > 0) {
      return refuse("the CRL is of attribute certificates only");
    }
    list.indirect = point->indirectCRL > 0;
    list.users_only = point->onlyuser > 0;
    list.cas_only = point->onlyCA > 0;
    list.urls = uris_of(point->distpoint);
  }
  if (!fetched_from.empty() && !list.urls.empty() && std::ranges::find(list.urls, fetched_from) == list.urls.end()) {
    return refuse("the CRL names " + list.urls.front() + " as its place, not the URL that served it");
  }
  const auto this_update = seconds_of(X509_CRL_get0_lastUpdate(crl.get()));
  const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(crl.get());
  list.next_update = next_update == nullptr ? std::nullopt : seconds_of(next_update);
  if (!this_update || (next_update != nullptr && !list.next_update)) {
    return refuse("the times of the CRL are unreadable");
  }
  list.this_update = *this_update;
  list.crl = std::move(crl);
  ERR_clear_error();
  return list;
}

std::expected<void, std::string> RevocationLists::check_signature(List& list, CrlTrust trust) const {
  Signature signature = check_against(*list.crl, signers_);
  const bool only_from_signers = list.indirect && !signers_.empty();
  if (signature != Signature::good && !only_from_signers) {
    const Signature by_anchor = check_against(*list.crl, anchors_);
    signature = by_anchor == Signature::unknown_signer ? signature : by_anchor;
  }
  list.signer_known = signature == Signature::good;
  if (signature == Signature::wrong) {
    return std::unexpected("the CRL is not signed by the issuer that it names");
  }
  if (!list.signer_known && only_from_signers) {
    return std::unexpected("the CRL is indirect, and not of the signer that is given for such lists");
  }
  const bool must_be_known = trust == CrlTrust::signed_by_known || (trust == CrlTrust::fetched && list.indirect);
  if (!list.signer_known && must_be_known) {
    return std::unexpected("the CRL is not signed by any of the certificates trusted for that");
  }
  return {};
}

std::expected<std::vector<RevocationLists::List>, std::string> RevocationLists::examine_all(
    std::string_view pem, CrlTrust trust, std::string_view fetched_from) const {
  auto crls = read_revocation_lists(pem);
  if (!crls) {
    return std::unexpected(crls.error());
  }
  std::vector<List> lists;
  for (X509RevocationList& crl : *crls) {
    auto list = examine(std::move(crl), fetched_from);
    if (!list) {
      return std::unexpected(std::move(list.error()));
    }
    if (auto good = check_signature(*list, trust); !good) {
      return std::unexpected(std::move(good.error()));
    }
    lists.push_back(*std::move(list));
  }
  return lists;
}

std::expected<void, std::string> RevocationLists::add(std::string_view pem, CrlTrust trust,
                                                      std::string_view fetched_from) {
  auto lists = examine_all(pem, trust, fetched_from);
  if (!lists) {
    return std::unexpected(std::move(lists.error()));
  }
  std::ranges::move(*lists, std::back_inserter(lists_));
  return {};
}

std::expected<void, std::string> RevocationLists::replace(std::string_view pem, const std::string& url) {
  auto lists = examine_all(pem, CrlTrust::fetched, url);
  if (!lists) {
    return std::unexpected(std::move(lists.error()));
  }
  forget(url);
  for (List& list : *lists) {
    list.source = url;
    lists_.push_back(std::move(list));
  }
  return {};
}

void RevocationLists::forget(std::string_view url) {
  std::erase_if(lists_, [&](const List& list) { return list.source == url; });
}

bool RevocationLists::speaks_for(const List& list, const Subject& subject, RevocationAnswer& answer) {
  if (subject.is_of_issuer(list.crl.get())) {
    const bool good = list.signer_known || signed_with_key_of(*list.crl, subject.issuer);
    answer.forged = answer.forged || !good;
    return good;
  }
  return list.indirect &&
         (!subject.names_list_issuer || subject.names_list_issuer_as(X509_CRL_get_issuer(list.crl.get())));
}

bool RevocationLists::covers(const List& list, const Subject& subject, std::int64_t at) {
  const bool current = list.this_update <= at && (!list.next_update || at <= *list.next_update);
  const bool of_its_kind = subject.is_ca ? !list.users_only : !list.cas_only;
  const bool of_its_place =
      list.urls.empty() || subject.urls.empty() || std::ranges::any_of(list.urls, [&](const std::string& url) {
        return std::ranges::find(subject.urls, url) != subject.urls.end();
      });
  return current && of_its_kind && of_its_place;
}

RevocationAnswer RevocationLists::ask(X509& certificate, X509& issuer, std::int64_t at) const {
  constexpr int kListed = 1;
  const Subject subject(certificate, issuer);
  RevocationAnswer answer;
  for (const List& list : lists_) {
    if (!speaks_for(list, subject, answer)) {
      continue;
    }
    X509_REVOKED* entry = nullptr;
    answer.revoked = answer.revoked || X509_CRL_get0_by_cert(list.crl.get(), &entry, &certificate) == kListed;
    answer.covered = answer.covered || covers(list, subject, at);
  }
  return answer;
}

bool RevocationLists::stale(std::int64_t at) const {
  return std::ranges::any_of(lists_, [&](const List& list) { return list.next_update && *list.next_update < at; });
}

std::size_t RevocationLists::unsigned_lists() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(lists_, [](const List& list) { return list.indirect && !list.signer_known; }));
}

std::vector<std::int64_t> RevocationLists::turning_points() const {
  std::vector<std::int64_t> points;
  for (const List& list : lists_) {
    points.push_back(list.this_update);
    if (list.next_update) {
      points.push_back(*list.next_update + 1);
    }
  }
  return points;
}

}  // namespace stirline::crypto
