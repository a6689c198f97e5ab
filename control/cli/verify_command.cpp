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
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/message_verdict.hpp"
#include "control/cli/output.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::control::cli {

namespace {

struct VerifyOptions {
  VerdictOptions verdict;
  std::optional<std::int64_t> at;
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

int verdict_status(crypto::Verdict verdict) {
  switch (verdict) {
    case crypto::Verdict::valid:
      return kExitOk;
    case crypto::Verdict::invalid:
      return kExitInvalid;
    default:
      return kExitNone;
  }
}

Judgement malformed(std::string reason, std::string text) {
  Judgement judgement;
  judgement.verdict = crypto::Verdict::invalid;
  judgement.reason = std::move(reason);
  judgement.text = std::move(text);
  judgement.verstat = crypto::verstat(crypto::Verdict::none, crypto::Reason::no_identity);
  return judgement;
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

Judgement judgement_of(const MessageFile& file, const crypto::VerifyJob& job) {
  const crypto::ReasonFacts& facts = crypto::facts(job.reason);
  Judgement judgement;
  judgement.verdict = job.verdict;
  judgement.code = facts.code;
  judgement.reason = facts.name;
  judgement.text = facts.text;
  judgement.verstat = crypto::verstat(job.verdict, job.reason);
  judgement.priority = job.priority;
  for (std::size_t i = 0; i < job.token_count; ++i) {
    judgement.identities.push_back(describe(file, job.verdicts[i]));
  }
  return judgement;
}

std::expected<Judgement, std::string> judge_message(const MessageFile& file, const VerifyOptions& options,
                                                    std::int64_t now) {
  if (!file.result) {
    return malformed("message_malformed", fmt::format("no SIP message: {}", to_text(file.result.error())));
  }
  if (file.action == sip::Action::flag) {
    return malformed("message_ambiguous", "two parsers could read this message differently");
  }
  const auto tokens = TokenJudge::make(options.verdict, now, "verify");
  if (!tokens) {
    return std::unexpected(tokens.error());
  }
  return judgement_of(file, *(*tokens)->judge(file, now));
}

void print(const Judgement& judgement, const VerifyOptions& options) {
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

int verify(const VerifyOptions& options) {
  const auto complain = [](std::string_view text) {
    fmt::print(stderr, "stirline verify: {}\n", printable(text));
    return kExitUsage;
  };
  const std::int64_t now = options.at.value_or(std::time(nullptr));
  const auto file = read_message(options.file);
  if (!file) {
    return complain(fmt::format("{}: {}", options.file, file.error()));
  }
  const auto judgement = judge_message(*file, options, now);
  if (!judgement) {
    return complain(judgement.error());
  }
  print(*judgement, options);
  return verdict_status(judgement->verdict);
}

}  // namespace

void add_verify(CLI::App& app, int& status) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* verb = app.add_subcommand("verify", "Judge the Identity headers of one message, offline");
  verb->add_flag("--json", options->json, "one line of JSON");
  add_verdict_options(*verb, options->verdict, true);
  verb->add_option("--at", options->at, "judge as of this UNIX time, not now");
  verb->add_option("file", options->file, "a file with one message; - for standard input")->required();
  verb->callback([options, &status] { status = verify(*options); });
}

}  // namespace stirline::control::cli
