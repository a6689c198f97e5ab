// stirline sign: the message, signed, on standard output; every octet that is not inserted stays as it was.
//
// Plan, job and edits are those of the data plane. Exit status: 0 signed; 1 it may not be signed, the reason stands on
// standard error; 64 wrong command line or a file that cannot be read.
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "config/text_rules.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/output.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/certificate/private_key.hpp"
#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/stir/signature_edits.hpp"

namespace stirline::control::cli {

namespace {

struct SignOptions {
  std::string key;
  std::string x5u;
  std::string attest;
  std::string origid;
  std::optional<std::int64_t> at;
  std::string file;
};

// A random UUID, version 4 (RFC 9562 5.4).
std::string random_uuid() {
  std::array<unsigned char, 16> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
    throw std::runtime_error("no random octets");
  }
  octets[6] = static_cast<unsigned char>((octets[6] & 0x0fU) | 0x40U);
  octets[8] = static_cast<unsigned char>((octets[8] & 0x3fU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", octets[i]);
  }
  return text;
}

// Validators of the command line: an empty text is consent.
std::string uuid_problem(const std::string& text) {
  return config::is_uuid(text) ? "" : "expected a UUID, 8-4-4-4-12 hexadecimal digits";
}
std::string url_problem(const std::string& text) {
  return config::is_uri_text(text) ? "" : "expected a URL of at most 512 characters, without blanks";
}

int complain(std::string_view text, int status) {
  fmt::print(stderr, "stirline sign: {}\n", printable(text));
  return status;
}

std::string_view phrase(crypto::SignOutcome outcome) {
  switch (outcome) {
    case crypto::SignOutcome::signed_:
      return "signed";
    case crypto::SignOutcome::no_credential:
      return "no credential";
    case crypto::SignOutcome::outside_credential_validity:
      return "outside the validity of the credential";
    case crypto::SignOutcome::build_failed:
      return "the token cannot be built: --origid is no UUID, --x5u holds a character that is not allowed, or it is "
             "too "
             "long";
    case crypto::SignOutcome::not_diverted:
      return "it is signed, and no token of it names a party that it was diverted from";
    default:
      return "the signature failed";
  }
}

// Fills a job from the plan and has it worked off; the key's validity is not known here: its certificate is elsewhere.
void process(const SignOptions& options, std::unique_ptr<crypto::SigningKey> key, crypto::Engine& engine,
             const crypto::SignPlan& plan, const sip::Message& message, std::string_view octets, std::int64_t now,
             crypto::Job& job) {
  crypto::Keyring keyring;
  const std::uint32_t credential = keyring.add({.key = std::move(key),
                                                .x5u = options.x5u,
                                                .not_before = std::numeric_limits<std::int64_t>::min(),
                                                .not_after = std::numeric_limits<std::int64_t>::max()});
  const std::string origid = options.origid.empty() ? random_uuid() : options.origid;
  job.kind = crypto::JobKind::sign;
  job.keyring = &keyring;
  job.sign.attest = options.attest.front();
  crypto::fill_sign_job(plan, message, octets, origid, now, job.sign);
  // The command takes its user's word that the key may speak for everybody in the message.
  const auto anybody = [&](std::string_view /*number*/) { return std::optional(credential); };
  if (!crypto::order_tokens(plan, credential, anybody, false, std::nullopt, job.sign.orders)) {
    return;
  }
  crypto::Processor processor(engine);
  crypto::Job* const batch[] = {&job};
  processor.process(batch);
  job.keyring = nullptr;
}

int sign(const SignOptions& options) {
  const auto file = read_message(options.file);
  if (!file) {
    return complain(fmt::format("{}: {}", options.file, file.error()), kExitUsage);
  }
  auto pem = read_file(options.key, kMaxPemBytes);
  if (!pem) {
    return complain(fmt::format("{}: {}", options.key, pem.error()), kExitUsage);
  }
  const auto secret = crypto::PrivateKey::from_pem(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!secret) {
    return complain(fmt::format("{}: {}", options.key, secret.error()), kExitUsage);
  }
  if (!file->result) {
    return complain(fmt::format("no SIP message: {}", to_text(file->result.error())), kExitRefused);
  }
  if (file->action == sip::Action::flag) {
    return complain("two parsers could read this message differently: it is never signed", kExitRefused);
  }
  const std::int64_t now = options.at.value_or(std::time(nullptr));
  const auto plan =
      crypto::plan_signing(*file->message, file->octets, crypto::SignPolicy{.dial_plan = {}, .diversions = true}, now);
  if (!plan) {
    return complain(fmt::format("not signed: {}", crypto::to_string(plan.error())), kExitRefused);
  }
  const std::unique_ptr<crypto::Engine> engine = crypto::make_openssl_engine();
  auto key = engine->make_signing_key(secret->scalar());
  if (!key) {
    return complain(fmt::format("{}: no private key of P-256", options.key), kExitUsage);
  }
  const auto job = std::make_unique<crypto::Job>();
  process(options, std::move(*key), *engine, *plan, *file->message, file->octets, now, *job);

  const crypto::SignatureEdits where =
      crypto::plan_signature_edits(*file->message, *plan, sip::InsertPosition::after_via);
  crypto::DateLine date_line{};
  sip::EditList edits;
  if (!crypto::apply_signature(where, job->sign, date_line, edits)) {
    return complain(phrase(job->sign.outcome), kExitRefused);
  }
  if (edits.result_size(file->octets.size()) > sip::kMaxMessageBytes) {
    return complain("the signed message would be too long for a datagram", kExitRefused);
  }
  edits.for_each_piece(file->octets,
                       [](std::string_view piece) { std::fwrite(piece.data(), 1, piece.size(), stdout); });
  return std::fflush(stdout) == 0 ? kExitOk : complain("standard output cannot be written", kExitRefused);
}

}  // namespace

void add_sign(CLI::App& app, int& status) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App* verb = app.add_subcommand("sign", "Sign one message, offline");
  verb->add_option("--key", options->key, "PEM file with a P-256 private key")->required();
  verb->add_option("--x5u", options->x5u, "where the certificate chain is published")
      ->required()
      ->check(CLI::Validator(url_problem, "URL"));
  verb->add_option("--attest", options->attest, "attestation level")->required()->check(CLI::IsMember({"A", "B", "C"}));
  verb->add_option("--origid", options->origid, "random if absent")->check(CLI::Validator(uuid_problem, "UUID"));
  verb->add_option("--at", options->at, "sign as of this UNIX time, not now");
  verb->add_option("file", options->file, "a file with one message; - for standard input")->required();
  verb->callback([options, &status] { status = sign(*options); });
}

}  // namespace stirline::control::cli
