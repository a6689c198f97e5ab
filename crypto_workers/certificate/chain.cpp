#include "crypto_workers/certificate/chain.hpp"

#include <ctime>
#include <span>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto_workers/certificate/pem.hpp"

namespace stirline::crypto {
namespace {

constexpr int kSecurityLevel = 2;  // 112 bits: no SHA-1, no RSA below 2,048

using CertificateStack =
    std::unique_ptr<STACK_OF(X509), OpensslFree<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>>;

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

bool is_issuer(X509& certificate) {
  constexpr std::uint32_t kCertSign = KU_KEY_CERT_SIGN;
  return (X509_get_extension_flags(&certificate) & EXFLAG_CA) != 0 &&
         (X509_get_key_usage(&certificate) & kCertSign) != 0;
}

// The chain from the leaf to an anchor, as OpenSSL built it. Issuers must be CAs in so many words (STIR-CE-06), and
// no list may name more than that of the issuer above (STIR-CE-08).
std::expected<void, CertificateProblem> check_issuers(std::span<X509* const> chain, TnAuthList scope) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (!is_issuer(*chain[i])) {
      return std::unexpected(
          CertificateProblem{Reason::certificate_untrusted, "an issuer in the chain is not a CA with keyCertSign"});
    }
    auto above = read_scope(*chain[i]);
    if (!above) {
      return std::unexpected(std::move(above.error()));
    }
    if (above->empty()) {
      continue;
    }
    if (!scope.within(*above)) {
      return std::unexpected(
          CertificateProblem{Reason::certificate_scope, "a TNAuthList reaches beyond that of the issuing certificate"});
    }
    scope = *std::move(above);
  }
  return {};
}

}  // namespace

struct ChainValidator::Impl {
  Impl() : store(X509_STORE_new()) {
    if (!store) {
      throw std::runtime_error("OpenSSL cannot make a certificate store");
    }
    X509_STORE_set_verify_cb(store.get(), accept_known_criticals);
  }

  [[nodiscard]] std::expected<void, CertificateProblem> validate_path(std::span<const X509Certificate> chain,
                                                                      const CertificateFacts& leaf,
                                                                      std::int64_t at) const;

  X509Store store;
  RevocationLists lists;
};

ChainValidator::ChainValidator() : impl_(std::make_unique<Impl>()) {}
ChainValidator::~ChainValidator() = default;
ChainValidator::ChainValidator(ChainValidator&&) noexcept = default;
ChainValidator& ChainValidator::operator=(ChainValidator&&) noexcept = default;

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
  }
  if (auto added = impl_->lists.add_signers(pem); !added) {
    return std::unexpected(added.error());
  }
  return certificates->size();
}

std::expected<void, std::string> ChainValidator::add_crl_signers(std::string_view pem) {
  return impl_->lists.add_signers(pem);
}

std::expected<void, std::string> ChainValidator::add_crl(std::string_view pem, CrlTrust trust) {
  return impl_->lists.add(pem, trust);
}

const RevocationLists& ChainValidator::revocation_lists() const {
  return impl_->lists;
}

std::expected<void, CertificateProblem> ChainValidator::Impl::validate_path(std::span<const X509Certificate> chain,
                                                                            const CertificateFacts& leaf,
                                                                            std::int64_t at) const {
  const auto problem = [](Reason reason, std::string text) {
    ERR_clear_error();
    return std::unexpected(CertificateProblem{reason, std::move(text)});
  };
  const CertificateStack untrusted(sk_X509_new_null());
  const X509StoreContext context(X509_STORE_CTX_new());
  if (!untrusted || !context) {
    return problem(Reason::certificate_untrusted, "out of memory");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (X509_check_issued(chain[i].get(), chain[i - 1].get()) != X509_V_OK) {
      return problem(Reason::certificate_untrusted,
                     "certificate " + std::to_string(i + 1) + " of the chain did not issue the one before");
    }
    sk_X509_push(untrusted.get(), chain[i].get());
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), untrusted.get()) != 1) {
    return problem(Reason::certificate_untrusted, "OpenSSL cannot start the validation");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  // An anchor is what the operator names as such, self-signed or not.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(kMaxChainCertificates));
  X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(at));
  if (X509_verify_cert(context.get()) != 1) {
    const int error = X509_STORE_CTX_get_error(context.get());
    return problem(reason_of(error), X509_verify_cert_error_string(error));
  }

  std::vector<X509*> path;
  STACK_OF(X509)* built = X509_STORE_CTX_get0_chain(context.get());
  path.reserve(static_cast<std::size_t>(sk_X509_num(built)));
  for (int i = 0; i < sk_X509_num(built); ++i) {
    path.push_back(sk_X509_value(built, i));
  }
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (lists.revoked(*path[i])) {
      return problem(Reason::certificate_revoked,
                     "certificate " + std::to_string(i + 1) + " of the path is on a revocation list");
    }
  }
  return check_issuers(path, leaf.scope);
}

ChainVerdict ChainValidator::validate(std::string_view pem_chain, std::int64_t at) const {
  ChainVerdict verdict;
  const auto chain = read_certificates(pem_chain, kMaxChainBytes, kMaxChainCertificates);
  if (!chain) {
    verdict.text = chain.error();
    return verdict;
  }
  const auto refuse = [&](CertificateProblem problem) {
    verdict.standing = problem.reason;
    verdict.text = std::move(problem.text);
    return verdict;
  };
  auto leaf = read_facts(*chain->front());
  if (!leaf) {
    return refuse(std::move(leaf.error()));
  }
  verdict.facts = *std::move(leaf);
  if (auto valid = impl_->validate_path(*chain, verdict.facts, at); !valid) {
    return refuse(std::move(valid.error()));
  }
  if (auto fits = check_end_entity(*chain->front(), verdict.facts); !fits) {
    return refuse(std::move(fits.error()));
  }
  verdict.standing = Reason::verified;
  return verdict;
}

}  // namespace stirline::crypto
