#include "control/cli/message_verdict.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "control/chain_judge.hpp"
#include "control/cli/output.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/stir/verification_service.hpp"

namespace stirline::control::cli {

namespace {

void warn(const std::string& verb, std::string_view text) {
  fmt::print(stderr, "stirline {}: warning: {}\n", verb, printable(text));
}

void warn_of(const crypto::RevocationLists& lists, std::int64_t now, const std::string& verb) {
  if (lists.stale(now)) {
    warn(verb, "a revocation list is older than its nextUpdate");
  }
  if (lists.unsigned_lists() > 0) {
    warn(verb, "the signer of an indirect revocation list is not known: give its certificate with --crl too");
  }
}

// What --cert gives, judged, ready for the processor.
std::expected<crypto::Keyring, std::string> make_keyring(const VerdictOptions& options, crypto::Engine& engine,
                                                         std::int64_t now, const std::string& verb) {
  const crypto::TrustRules rules{
      .profile = options.any_profile ? crypto::CertificateProfile::rfc8226 : crypto::CertificateProfile::shaken,
      .domains = options.domains,
      .revocation_required = options.revocation_required};
  const auto trust =
      load_trust({options.trust.begin(), options.trust.end()}, {options.crls.begin(), options.crls.end()}, rules);
  if (!trust) {
    std::string text;
    for (const TrustProblem& problem : trust.error()) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", problem.file.string(), problem.text);
    }
    return std::unexpected(std::move(text));
  }
  warn_of(trust->revocation_lists(), now, verb);
  crypto::Keyring keyring;
  for (const std::string& pair : options.certificates) {
    // A URL may hold '=' itself, a file name seldom does: the last one divides.
    const std::size_t divide = pair.rfind('=');
    if (divide == std::string::npos || divide == 0) {
      return std::unexpected(fmt::format("--cert {}: expected URL=FILE", pair));
    }
    const std::string file = pair.substr(divide + 1);
    const auto pem = read_file(file, kMaxPemBytes);
    if (!pem) {
      return std::unexpected(fmt::format("{}: {}", file, pem.error()));
    }
    ChainJudgement judgement = judge_chain(*trust, pair.substr(0, divide), *pem, now);
    for (const std::string& warning : judgement.warnings) {
      warn(verb, fmt::format("{}: {}", file, warning));
    }
    config::tables::Certificate& record = judgement.record;
    crypto::Certificate certificate;
    certificate.standing = record.standing;
    certificate.not_before = record.not_before;
    certificate.not_after = record.not_after;
    certificate.scope = crypto::TnAuthList(std::move(record.scope));
    certificate.constraints = std::move(record.constraints);
    certificate.subject = std::move(record.subject);
    if (options.domains) {
      certificate.domains = std::move(record.domains);
    }
    if (certificate.standing == crypto::Reason::verified) {
      auto key = engine.make_verifying_key(record.point);
      if (!key) {
        return std::unexpected(fmt::format("{}: the leaf's key is no point of P-256", file));
      }
      certificate.key = std::move(*key);
    }
    keyring.add(std::move(record.x5u), std::move(certificate));
  }
  return keyring;
}

}  // namespace

void add_verdict_options(CLI::App& verb, VerdictOptions& options, bool needs_trust) {
  verb.add_option("--trust", options.trust, "PEM files with trust anchors")->required(needs_trust);
  verb.add_option("--crl", options.crls,
                  "PEM files with revocation lists, and with the certificates that sign indirect ones");
  verb.add_flag("--revocation-required", options.revocation_required,
                "refuse chains for which no current list answers");
  verb.add_flag("--domains", options.domains, "let certificates without TNAuthList speak for their domains");
  verb.add_flag("--any-profile", options.any_profile, "judge chains by RFC 8226 alone, not by the SHAKEN profile");
  verb.add_option("--cert", options.certificates, "URL=FILE: the chain that an x5u serves; any other URL fails");
  verb.add_option("--fresh", options.fresh, "accepted age of a token, seconds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

struct TokenJudge::Impl {
  std::unique_ptr<crypto::Engine> engine = crypto::make_openssl_engine();
  crypto::Processor processor{*engine};
  crypto::Keyring keyring;
  std::int64_t fresh_seconds = 0;
};

TokenJudge::TokenJudge() : impl_(std::make_unique<Impl>()) {}
TokenJudge::~TokenJudge() = default;

std::expected<std::unique_ptr<TokenJudge>, std::string> TokenJudge::make(const VerdictOptions& options,
                                                                         std::int64_t now, const std::string& verb) {
  std::unique_ptr<TokenJudge> judge(new TokenJudge);
  auto keyring = make_keyring(options, *judge->impl_->engine, now, verb);
  if (!keyring) {
    return std::unexpected(std::move(keyring.error()));
  }
  judge->impl_->keyring = std::move(*keyring);
  judge->impl_->fresh_seconds = options.fresh;
  return judge;
}

std::unique_ptr<crypto::VerifyJob> TokenJudge::judge(const MessageFile& file, std::int64_t now,
                                                     const sip::DialPlan& dial_plan, crypto::Originator originator) {
  const auto job = std::make_unique<crypto::Job>();
  job->kind = crypto::JobKind::verify;
  job->keyring = &impl_->keyring;
  crypto::VerifyPolicy policy;
  policy.fresh_seconds = impl_->fresh_seconds;
  crypto::plan_verification(*file.message, file.octets, dial_plan, originator, policy, now, job->verify);
  crypto::Job* const batch[] = {job.get()};
  impl_->processor.process(batch);
  return std::make_unique<crypto::VerifyJob>(job->verify);
}

}  // namespace stirline::control::cli
