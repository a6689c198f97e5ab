// Any octets as what an x5u serves: PEM, or DER certificates one behind the other, with revocation lists between them.
// The last certificate is taken as the anchor, so that whole paths are walked without a signature that nobody can
// guess.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "crypto_workers/certificate/shaken_profile.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::certificate_chain {
namespace {

using namespace stirline::crypto;

constexpr std::int64_t kNow = 1'790'000'000;

std::string pem_of(X509& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), &certificate);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

// The certificates of a run of DER, as PEM; what is no certificate ends it.
std::string pem_of_der(std::string_view octets) {
  const auto* next = reinterpret_cast<const unsigned char*>(octets.data());
  const unsigned char* const end = next + octets.size();
  std::string pem;
  while (next < end) {
    const X509Certificate certificate(d2i_X509(nullptr, &next, static_cast<long>(end - next)));
    if (!certificate) {
      ERR_clear_error();
      break;
    }
    pem += pem_of(*certificate);
  }
  return pem;
}

void check_certificate(X509& certificate) {
  static_cast<void>(guess_role(certificate));
  static_cast<void>(read_names(certificate));
  for (const CertificateRole role : {CertificateRole::leaf, CertificateRole::intermediate, CertificateRole::root}) {
    const auto findings = lint(certificate, role);
    const bool hard = std::ranges::find(findings, Severity::hard, &ProfileFinding::severity) != findings.end();
    check(first_hard_finding(certificate, role, CertificateProfile::shaken).has_value() == hard,
          "a hard finding is one for the linter and for the judge");
    const auto laxer = first_hard_finding(certificate, role, CertificateProfile::domains);
    check(!laxer || first_hard_finding(certificate, role, CertificateProfile::rfc8226), "the profiles are nested");
  }
  for (const std::string& domain : read_domains(certificate)) {
    check(!domain.empty() && !domain.contains('*') && !domain.contains('\0'), "a domain is a whole host name");
  }
  const std::string url = read_scope_url(certificate);
  check(url.empty() || url.starts_with("https://"), "lists are named by https");
  if (const auto facts = read_facts(certificate)) {
    check(facts->scope.entries().size() <= kMaxTnAuthListEntries, "scopes are bounded");
  }
}

void check_verdict(const ChainValidator& validator, std::string_view text) {
  const ChainVerdict verdict = validator.validate(text, kNow);
  check((verdict.standing == Reason::verified) == verdict.text.empty(), "a refusal says why");
  check(verdict.steady_from <= kNow && kNow <= verdict.steady_until, "a verdict holds when it is given");
  if (verdict.standing == Reason::verified) {
    check(verdict.facts.point.front() == 4, "a signer has a key on P-256");
    check(!verdict.facts.scope.empty() || (validator.rules().domains && !verdict.facts.domains.empty()),
          "a signer speaks for somebody");
    check(verdict.validity.not_before <= kNow && kNow <= verdict.validity.not_after, "a path is valid in time");
    check(verdict.missing_scopes.empty(), "nothing is missing");
  }
  constexpr std::int64_t kEpochs = 200'000'000'000;  // beyond what a certificate can name
  for (const std::int64_t at :
       {std::max(verdict.steady_from, -kEpochs / 10), std::min(verdict.steady_until, kEpochs)}) {
    check(validator.validate(text, at).standing == verdict.standing, "a verdict holds for as long as it says");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const std::string text = octets.starts_with("-----") ? std::string(octets) : pem_of_der(octets);
  const auto chain = read_certificates(text, kMaxChainBytes, kMaxChainCertificates);
  if (!chain) {
    return 0;
  }
  for (const X509Certificate& certificate : *chain) {
    check_certificate(*certificate);
  }
  const std::string anchor = pem_of(*chain->back());
  for (const TrustRules& rules :
       {TrustRules{},
        TrustRules{.profile = CertificateProfile::rfc8226, .domains = true, .revocation_required = true}}) {
    ChainValidator validator(rules);
    if (!validator.add_anchors(anchor)) {
      continue;
    }
    check_verdict(validator, text);
    if (validator.add_crl(text, CrlTrust::as_given)) {
      check_verdict(validator, text);
    }
    static_cast<void>(validator.validate(octets, kNow));
  }
  return 0;
}

const Target kTarget("certificate_chain", run);

}  // namespace
}  // namespace stirline::fuzz::certificate_chain
