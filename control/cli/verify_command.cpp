// stirline verify: is the caller of this message who he says he is, and why?
//
// The answer comes from the same functions that decide on the wire: the parser, the plan of the verification service,
// the processor with a batch of one, and control's judgement on chains. Fixed form with --json: verdict
// (valid|invalid|none), verstat, code, reason, priority (valid|invalid|none: what is proved of Resource-Priority),
// identities (ppt, verdict, code, reason, attest, origid, x5u, rich_call_data, inside): a row for each Identity value,
// then one for each original inside a div-o, with the index of that div-o; -1 for all others.
//
// Exit status: 0 valid; 1 invalid; 2 no Identity that could be judged; 64 wrong command line or a file that cannot be
// read. A message that does not parse, or that two parsers could read differently, is never valid: verdict "invalid",
// code 0, reason "message_malformed" or "message_ambiguous", exit status 1.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "control/chain_judge.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/output.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/stir/verification_service.hpp"

namespace stirline::control::cli {

namespace {

struct Options {
  std::vector<std::string> trust;
  std::vector<std::string> crls;
  std::vector<std::string> certificates;  // URL=FILE
  bool revocation_required = false;
  bool domains = false;
  bool any_profile = false;  // RFC 8226's, not SHAKEN's
  std::optional<std::int64_t> at;
  std::int64_t fresh = crypto::VerifyPolicy{}.fresh_seconds;
  bool json = false;
  std::string file;
};

struct Judgement {
  crypto::Verdict verdict = crypto::Verdict::none;
  std::uint16_t code = 0;
  std::string reason;
  std::string text;  // for people
  std::string_view verstat;
  crypto::Verdict priority = crypto::Verdict::none;
  Json identities = Json::array();
};

constexpr int kExitInvalid = 1;
constexpr int kExitNone = 2;

int exit_status(crypto::Verdict verdict) {
  switch (verdict) {
    case crypto::Verdict::valid:
      return kExitOk;
    case crypto::Verdict::invalid:
      return kExitInvalid;
    default:
      return kExitNone;
  }
}

// A sentence about what is wrong with the command line or its files, for exit status 64.
struct UsageError {
  std::string text;
};

Judgement malformed(std::string reason, std::string text) {
  Judgement judgement;
  judgement.verdict = crypto::Verdict::invalid;
  judgement.reason = std::move(reason);
  judgement.text = std::move(text);
  judgement.verstat = crypto::verstat(crypto::Verdict::none, crypto::Reason::no_identity);
  return judgement;
}

void warn(std::string_view text) {
  fmt::print(stderr, "stirline verify: warning: {}\n", printable(text));
}

void warn_of(const crypto::RevocationLists& lists, std::int64_t now) {
  if (lists.stale(now)) {
    warn("a revocation list is older than its nextUpdate");
  }
  if (lists.unsigned_lists() > 0) {
    warn("the signer of an indirect revocation list is not known: give its certificate with --crl too");
  }
}

// What --cert gives, judged, ready for the processor.
std::expected<crypto::Keyring, UsageError> make_keyring(const Options& options, crypto::Engine& engine,
                                                        std::int64_t now) {
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
    return std::unexpected(UsageError{std::move(text)});
  }
  warn_of(trust->revocation_lists(), now);
  crypto::Keyring keyring;
  for (const std::string& pair : options.certificates) {
    // A URL may hold '=' itself, a file name seldom does: the last one divides.
    const std::size_t divide = pair.rfind('=');
    if (divide == std::string::npos || divide == 0) {
      return std::unexpected(UsageError{fmt::format("--cert {}: expected URL=FILE", pair)});
    }
    const std::string file = pair.substr(divide + 1);
    const auto pem = read_file(file, kMaxPemBytes);
    if (!pem) {
      return std::unexpected(UsageError{fmt::format("{}: {}", file, pem.error())});
    }
    ChainJudgement judgement = judge_chain(*trust, pair.substr(0, divide), *pem, now);
    for (const std::string& warning : judgement.warnings) {
      warn(fmt::format("{}: {}", file, warning));
    }
    config::tables::Certificate& record = judgement.record;
    crypto::Certificate certificate;
    certificate.standing = record.standing;
    certificate.not_before = record.not_before;
    certificate.not_after = record.not_after;
    certificate.scope = crypto::TnAuthList(std::move(record.scope));
    certificate.constraints = std::move(record.constraints);
    if (options.domains) {
      certificate.domains = std::move(record.domains);
    }
    if (certificate.standing == crypto::Reason::verified) {
      auto key = engine.make_verifying_key(record.point);
      if (!key) {
        return std::unexpected(UsageError{fmt::format("{}: the leaf's key is no point of P-256", file)});
      }
      certificate.key = std::move(*key);
    }
    keyring.add(std::move(record.x5u), std::move(certificate));
  }
  return keyring;
}

Json describe(const MessageFile& file, const crypto::IdentityVerdict& identity) {
  const bool has_origid = identity.origid.front() != '\0';
  return {{"ppt", identity.ppt.data()},
          {"verdict", crypto::to_string(identity.verdict)},
          {"code", crypto::facts(identity.reason).code},
          {"reason", crypto::facts(identity.reason).name},
          {"attest", identity.attest == 0 ? std::string() : std::string(1, identity.attest)},
          {"origid", has_origid ? std::string(identity.origid.data(), identity.origid.size()) : std::string()},
          {"x5u", sip::text(file.octets, identity.x5u)},
          {"rich_call_data", crypto::to_string(identity.rich_call_data)},
          {"inside", identity.inside == crypto::kNotInside ? -1 : static_cast<int>(identity.inside)}};
}

Judgement judge_message(const MessageFile& file, crypto::Processor& processor, const crypto::Keyring& keyring,
                        const Options& options, std::int64_t now) {
  if (!file.result) {
    return malformed("message_malformed", fmt::format("no SIP message: {}", to_text(file.result.error())));
  }
  if (file.action == sip::Action::flag) {
    return malformed("message_ambiguous", "two parsers could read this message differently");
  }
  const auto job = std::make_unique<crypto::Job>();
  job->kind = crypto::JobKind::verify;
  job->keyring = &keyring;
  crypto::VerifyPolicy policy;
  policy.fresh_seconds = options.fresh;
  crypto::plan_verification(*file.message, file.octets, sip::DialPlan{}, crypto::Originator::asserted_then_from, policy,
                            now, job->verify);
  crypto::Job* const batch[] = {job.get()};
  processor.process(batch);

  const crypto::ReasonFacts& facts = crypto::facts(job->verify.reason);
  Judgement judgement;
  judgement.verdict = job->verify.verdict;
  judgement.code = facts.code;
  judgement.reason = facts.name;
  judgement.text = facts.text;
  judgement.verstat = crypto::verstat(job->verify.verdict, job->verify.reason);
  judgement.priority = job->verify.priority;
  for (std::size_t i = 0; i < job->verify.token_count; ++i) {
    judgement.identities.push_back(describe(file, job->verify.verdicts[i]));
  }
  return judgement;
}

void print(const Judgement& judgement, const Options& options) {
  if (options.json) {
    fmt::print("{}\n", to_line({{"verdict", crypto::to_string(judgement.verdict)},
                                {"verstat", judgement.verstat},
                                {"code", judgement.code},
                                {"reason", judgement.reason},
                                {"priority", crypto::to_string(judgement.priority)},
                                {"identities", judgement.identities}}));
    return;
  }
  fmt::print("{} ({}): {}\n", crypto::to_string(judgement.verdict), judgement.verstat, judgement.text);
  if (!judgement.identities.empty()) {
    fmt::print("{}", to_text(judgement.identities));
  }
}

int verify(const Options& options) {
  const auto complain = [](std::string_view text) {
    fmt::print(stderr, "stirline verify: {}\n", printable(text));
    return kExitUsage;
  };
  const std::int64_t now = options.at.value_or(std::time(nullptr));
  const auto file = read_message(options.file);
  if (!file) {
    return complain(fmt::format("{}: {}", options.file, file.error()));
  }
  const std::unique_ptr<crypto::Engine> engine = crypto::make_openssl_engine();
  const auto keyring = make_keyring(options, *engine, now);
  if (!keyring) {
    return complain(keyring.error().text);
  }
  crypto::Processor processor(*engine);
  const Judgement judgement = judge_message(*file, processor, *keyring, options, now);
  print(judgement, options);
  return exit_status(judgement.verdict);
}

}  // namespace

void add_verify(CLI::App& app, int& status) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("verify", "Judge the Identity headers of one message, offline");
  verb->add_flag("--json", options->json, "one line of JSON");
  verb->add_option("--trust", options->trust, "PEM files with trust anchors")->required();
  verb->add_option("--crl", options->crls,
                   "PEM files with revocation lists, and with the certificates that sign indirect ones");
  verb->add_flag("--revocation-required", options->revocation_required,
                 "refuse chains for which no current list answers");
  verb->add_flag("--domains", options->domains, "let certificates without TNAuthList speak for their domains");
  verb->add_flag("--any-profile", options->any_profile, "judge chains by RFC 8226 alone, not by the SHAKEN profile");
  verb->add_option("--cert", options->certificates, "URL=FILE: the chain that an x5u serves; any other URL fails");
  verb->add_option("--at", options->at, "judge as of this UNIX time, not now");
  verb->add_option("--fresh", options->fresh, "accepted age of a token, seconds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("file", options->file, "a file with one message; - for standard input")->required();
  verb->callback([options, &status] { status = verify(*options); });
}

}  // namespace stirline::control::cli
