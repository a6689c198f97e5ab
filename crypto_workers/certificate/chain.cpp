#include "crypto_workers/certificate/chain.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <span>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/epoch_digest.hpp"
#include "crypto_workers/certificate/extensions.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "crypto_workers/certificate/shaken_profile.hpp"

namespace stirline::crypto {
namespace {

constexpr int kSecurityLevel = 2;  // 112 bits: no SHA-1, no RSA below 2,048

using CertificateStack =
    std::unique_ptr<STACK_OF(X509), OpensslFree<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>>;
using Chain = std::vector<X509Certificate>;

// OpenSSL does not know the STIR extensions; marked critical they are no fault, for they are honoured here.
int accept_known_criticals(int good, X509_STORE_CTX* context) {
  if (good == 0 && X509_STORE_CTX_get_error(context) == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION &&
      critical_extensions_known(*X509_STORE_CTX_get_current_cert(context))) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
  }
  return good;
}

Reason reason_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Reason::certificate_expired;
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
    case X509_V_ERR_INVALID_EXTENSION:
      return Reason::certificate_malformed;
    default:
      return Reason::certificate_untrusted;
  }
}

std::unexpected<CertificateProblem> problem(Reason reason, std::string text) {
  ERR_clear_error();
  return std::unexpected(CertificateProblem{reason, std::move(text)});
}

std::string number_of(std::size_t index) {
  return "certificate " + std::to_string(index + 1);
}

bool is_issuer(X509& certificate) {
  constexpr std::uint32_t kCertSign = KU_KEY_CERT_SIGN;
  return (X509_get_extension_flags(&certificate) & EXFLAG_CA) != 0 &&
         (X509_get_key_usage(&certificate) & kCertSign) != 0;
}

// The https URLs of its distribution points; of the certificates of a path that is good (STIR-CE-09).
void add_list_urls(const X509& certificate, std::vector<std::string>& urls) {
  const DistributionPoints points = distribution_points(certificate);
  ERR_clear_error();
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    for (std::string& url : uris_of(sk_DIST_POINT_value(points.get(), i)->distpoint)) {
      if (url.starts_with("https://") && std::ranges::find(urls, url) == urls.end()) {
        urls.push_back(std::move(url));
      }
    }
  }
}

// The TNAuthList of one certificate: what stands in it, and what it names by reference (STIR-CE-04).
std::expected<TnAuthList, CertificateProblem> whole_scope(const X509& certificate, const ReferencedScopes& scopes,
                                                          ChainVerdict& verdict) {
  auto scope = read_scope(certificate);
  const std::string url = read_scope_url(certificate);
  if (!scope || url.empty()) {
    return scope;
  }
  verdict.scope_urls.push_back(url);
  const TnAuthList* referenced = scopes.find(url);
  if (referenced == nullptr) {
    verdict.missing_scopes.push_back(url);
    return scope;
  }
  std::vector<TnEntry> entries = scope->entries();
  entries.insert(entries.end(), referenced->entries().begin(), referenced->entries().end());
  return TnAuthList(std::move(entries));
}

// The chain must be delivered in order: each certificate issued by the next one, whose subjectKeyIdentifier is the
// authorityKeyIdentifier of the former where both are there (STIR-CE-06, STIR-CF-02).
std::expected<void, CertificateProblem> check_order(const Chain& chain) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (X509_check_issued(chain[i].get(), chain[i - 1].get()) != X509_V_OK) {
      return problem(Reason::certificate_untrusted, number_of(i) + " of the chain did not issue the one before");
    }
  }
  return {};
}

}  // namespace

struct ChainValidator::Impl {
  explicit Impl(const TrustRules& the_rules) : rules(the_rules), store(X509_STORE_new()) {
    if (!store) {
      throw std::runtime_error("OpenSSL cannot make a certificate store");
    }
    X509_STORE_set_verify_cb(store.get(), accept_known_criticals);
    trust.add(std::to_string(static_cast<int>(rules.profile)) + (rules.domains ? "d" : "-") +
              (rules.spc_delegates_numbers ? "n" : "-") + (rules.revocation_required ? "r" : "-"));
  }

  [[nodiscard]] std::expected<Chain, std::string> read(std::string_view text) const;
  [[nodiscard]] std::expected<std::vector<X509*>, CertificateProblem> build_path(const Chain& chain,
                                                                                 X509_STORE_CTX* context,
                                                                                 std::int64_t at) const;
  [[nodiscard]] std::expected<void, CertificateProblem> judge(const Chain& chain, std::int64_t at,
                                                              const ReferencedScopes& scopes,
                                                              ChainVerdict& verdict) const;
  [[nodiscard]] std::expected<void, CertificateProblem> check_revocation(std::span<X509* const> path, std::int64_t at,
                                                                         ChainVerdict& verdict) const;
  [[nodiscard]] std::expected<void, CertificateProblem> check_issuers(std::span<X509* const> path,
                                                                      const ReferencedScopes& scopes,
                                                                      ChainVerdict& verdict) const;
  [[nodiscard]] std::expected<void, CertificateProblem> check_profile(std::span<X509* const> path,
                                                                      const ChainVerdict& verdict) const;
  void find_steady_time(const Chain& chain, std::int64_t at, ChainVerdict& verdict) const;

  TrustRules rules;
  X509Store store;
  RevocationLists lists;
  EpochDigest trust;
  EpochDigest crls;
  std::vector<std::int64_t> turning_points;  // of the anchors
};

ChainValidator::ChainValidator(TrustRules rules) : impl_(std::make_unique<Impl>(rules)) {}
ChainValidator::~ChainValidator() = default;
ChainValidator::ChainValidator(ChainValidator&&) noexcept = default;
ChainValidator& ChainValidator::operator=(ChainValidator&&) noexcept = default;

namespace {

// OpenSSL holds a certificate expired at notAfter itself, RFC 5280 a second later: a verdict is steady on neither.
void add_turning_points(const X509& certificate, std::vector<std::int64_t>& points) {
  if (const auto validity = read_validity(certificate)) {
    points.insert(points.end(), {validity->not_before, validity->not_after, validity->not_after + 1});
  }
}

}  // namespace

std::expected<std::size_t, std::string> ChainValidator::add_anchors(std::string_view pem) {
  const auto certificates = read_certificates(pem, kMaxAnchorFileBytes, kMaxAnchors);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  for (const X509Certificate& certificate : *certificates) {
    if (X509_STORE_add_cert(impl_->store.get(), certificate.get()) != 1) {
      ERR_clear_error();
      return std::unexpected("OpenSSL refuses a trust anchor");
    }
    add_turning_points(*certificate, impl_->turning_points);
  }
  if (auto added = impl_->lists.add_anchors(pem); !added) {
    return std::unexpected(added.error());
  }
  impl_->trust.add(pem);
  return certificates->size();
}

std::expected<void, std::string> ChainValidator::add_crl_signers(std::string_view pem) {
  impl_->crls.add(pem);
  return impl_->lists.add_signers(pem);
}

std::expected<void, std::string> ChainValidator::add_crl(std::string_view pem, CrlTrust trust,
                                                         std::string_view fetched_from) {
  impl_->crls.add(pem);
  impl_->crls.add(trust == CrlTrust::as_given ? "given" : "signed");
  impl_->crls.add(fetched_from);
  return impl_->lists.add(pem, trust, fetched_from);
}

std::expected<void, std::string> ChainValidator::replace_crl(std::string_view pem, const std::string& url) {
  auto replaced = impl_->lists.replace(pem, url);
  if (replaced) {
    impl_->crls.add(url);
    impl_->crls.add(pem);
  }
  return replaced;
}

void ChainValidator::forget_crl(std::string_view url) {
  impl_->lists.forget(url);
  impl_->crls.add(url);
  impl_->crls.add("forgotten");
}

const RevocationLists& ChainValidator::revocation_lists() const {
  return impl_->lists;
}

const TrustRules& ChainValidator::rules() const {
  return impl_->rules;
}

const ChainValidator::Epoch& ChainValidator::trust_epoch() const {
  return impl_->trust.value();
}

const ChainValidator::Epoch& ChainValidator::crl_epoch() const {
  return impl_->crls.value();
}

std::expected<Chain, std::string> ChainValidator::Impl::read(std::string_view text) const {
  const bool takes_der = rules.domains || rules.profile != CertificateProfile::shaken;  // STIR-CF-02
  return takes_der && looks_like_der(text) ? read_der_certificate(text, kMaxChainBytes)
                                           : read_certificates(text, kMaxChainBytes, kMaxChainCertificates);
}

std::expected<std::vector<X509*>, CertificateProblem> ChainValidator::Impl::build_path(const Chain& chain,
                                                                                       X509_STORE_CTX* context,
                                                                                       std::int64_t at) const {
  const CertificateStack untrusted(sk_X509_new_null());
  if (!untrusted || context == nullptr) {
    return problem(Reason::certificate_untrusted, "out of memory");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    sk_X509_push(untrusted.get(), chain[i].get());
  }
  if (X509_STORE_CTX_init(context, store.get(), chain.front().get(), untrusted.get()) != 1) {
    return problem(Reason::certificate_untrusted, "OpenSSL cannot start the validation");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  // An anchor is what the operator names as such, self-signed or not.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(kMaxChainCertificates));
  X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(at));
  const bool valid = X509_verify_cert(context) == 1;
  X509_STORE_CTX_set0_untrusted(context, nullptr);  // ours, and gone with this function
  if (!valid) {
    const int error = X509_STORE_CTX_get_error(context);
    return problem(reason_of(error), X509_verify_cert_error_string(error));
  }
  std::vector<X509*> path;
  STACK_OF(X509)* built = X509_STORE_CTX_get0_chain(context);
  path.reserve(static_cast<std::size_t>(sk_X509_num(built)));
  for (int i = 0; i < sk_X509_num(built); ++i) {
    path.push_back(sk_X509_value(built, i));
  }
  return path;
}

std::expected<void, CertificateProblem> ChainValidator::Impl::check_revocation(std::span<X509* const> path,
                                                                               std::int64_t at,
                                                                               ChainVerdict& verdict) const {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const RevocationAnswer answer = lists.ask(*path[i], *path[i + 1], at);
    if (answer.revoked) {
      return problem(Reason::certificate_revoked, number_of(i) + " of the path is on a revocation list");
    }
    if (answer.forged) {
      verdict.warnings.push_back("a revocation list in the name of the issuer of " + number_of(i) +
                                 " is not signed by it: it is not used");
    }
    if (rules.revocation_required && !answer.covered) {
      verdict.uncovered = true;
      return problem(Reason::certificate_untrusted, "no current revocation list answers for " + number_of(i));
    }
  }
  return {};
}

// The path from the leaf to an anchor, as OpenSSL built it. Issuers must be CAs in so many words (STIR-CE-06), and no
// list may name more than that of the issuer above (STIR-CE-08).
std::expected<void, CertificateProblem> ChainValidator::Impl::check_issuers(std::span<X509* const> path,
                                                                            const ReferencedScopes& scopes,
                                                                            ChainVerdict& verdict) const {
  TnAuthList scope = verdict.facts.scope;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (!is_issuer(*path[i])) {
      return problem(Reason::certificate_untrusted, "an issuer in the chain is not a CA with keyCertSign");
    }
    auto above = whole_scope(*path[i], scopes, verdict);
    if (!above) {
      return std::unexpected(std::move(above.error()));
    }
    if (above->empty() || !verdict.missing_scopes.empty()) {
      continue;
    }
    if (!scope.within(*above, rules.spc_delegates_numbers)) {
      return problem(Reason::certificate_scope, "a TNAuthList reaches beyond that of the issuing certificate");
    }
    scope = *std::move(above);
  }
  if (!verdict.missing_scopes.empty()) {
    return problem(Reason::certificate_scope,
                   "the TNAuthList at " + verdict.missing_scopes.front() + " is not known yet");
  }
  return {};
}

std::expected<void, CertificateProblem> ChainValidator::Impl::check_profile(std::span<X509* const> path,
                                                                            const ChainVerdict& verdict) const {
  const bool of_domains =
      rules.domains && verdict.facts.scope.empty() && verdict.facts.scope_url.empty() && !verdict.facts.domains.empty();
  const CertificateProfile profile = of_domains ? CertificateProfile::domains : rules.profile;
  const std::size_t judged = std::max<std::size_t>(path.size() - 1, 1);  // an anchor is what the operator named
  for (std::size_t i = 0; i < judged; ++i) {
    const CertificateRole role = i == 0 ? CertificateRole::leaf : CertificateRole::intermediate;
    if (const auto finding = first_hard_finding(*path[i], role, profile)) {
      return problem(Reason::certificate_profile, number_of(i) + ": " + std::string(finding->text));
    }
  }
  return {};
}

std::expected<void, CertificateProblem> ChainValidator::Impl::judge(const Chain& chain, std::int64_t at,
                                                                    const ReferencedScopes& scopes,
                                                                    ChainVerdict& verdict) const {
  auto leaf = read_facts(*chain.front());
  if (!leaf) {
    return std::unexpected(std::move(leaf.error()));
  }
  verdict.facts = *std::move(leaf);
  if (auto ordered = check_order(chain); !ordered) {
    return ordered;
  }
  const X509StoreContext context(X509_STORE_CTX_new());
  const auto path = build_path(chain, context.get(), at);
  if (!path) {
    return std::unexpected(path.error());
  }
  for (std::size_t i = 0; i + 1 < path->size(); ++i) {
    add_list_urls(*(*path)[i], verdict.list_urls);
  }
  if (auto good = check_revocation(*path, at, verdict); !good) {
    return good;
  }
  // Not before the chain is known to be good: nobody is asked for a list on a stranger's word.
  auto scope = whole_scope(*chain.front(), scopes, verdict);
  if (!scope) {
    return std::unexpected(std::move(scope.error()));
  }
  verdict.facts.scope = *std::move(scope);
  if (auto good = check_issuers(*path, scopes, verdict); !good) {
    return good;
  }
  if (auto good = check_profile(*path, verdict); !good) {
    return good;
  }
  verdict.validity = {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (const X509* certificate : *path) {
    if (const auto validity = read_validity(*certificate)) {
      verdict.validity.not_before = std::max(verdict.validity.not_before, validity->not_before);
      verdict.validity.not_after = std::min(verdict.validity.not_after, validity->not_after);
    }
  }
  return {};
}

// A verdict changes by time alone only where a certificate or a list begins or ends.
void ChainValidator::Impl::find_steady_time(const Chain& chain, std::int64_t at, ChainVerdict& verdict) const {
  std::vector<std::int64_t> points = lists.turning_points();
  points.insert(points.end(), turning_points.begin(), turning_points.end());
  for (const X509Certificate& certificate : chain) {
    add_turning_points(*certificate, points);
  }
  verdict.steady_from = std::numeric_limits<std::int64_t>::min();
  verdict.steady_until = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t point : points) {
    if (point <= at) {
      verdict.steady_from = std::max(verdict.steady_from, point);
    } else {
      verdict.steady_until = std::min(verdict.steady_until, point - 1);
    }
  }
}

ChainVerdict ChainValidator::validate(std::string_view chain, std::int64_t at, const ReferencedScopes& scopes) const {
  ChainVerdict verdict;
  const auto certificates = impl_->read(chain);
  if (!certificates) {
    verdict.text = certificates.error();
    verdict.steady_from = std::numeric_limits<std::int64_t>::min();
    verdict.steady_until = std::numeric_limits<std::int64_t>::max();
    return verdict;
  }
  const auto good = impl_->judge(*certificates, at, scopes, verdict);
  verdict.standing = good ? Reason::verified : good.error().reason;
  verdict.text = good ? std::string() : good.error().text;
  impl_->find_steady_time(*certificates, at, verdict);
  return verdict;
}

}  // namespace stirline::crypto
