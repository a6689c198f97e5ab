// The verdict on the tokens of one message, by the code that decides on the wire and by chains out of files: what
// `stirline verify` shows and `stirline explain` goes on from.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "control/cli/message_file.hpp"
#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::cli {

struct VerdictOptions {
  std::vector<std::string> trust;
  std::vector<std::string> crls;
  std::vector<std::string> certificates;  // URL=FILE
  bool revocation_required = false;
  bool domains = false;
  bool any_profile = false;  // RFC 8226's, not SHAKEN's
  std::int64_t fresh = crypto::VerifyPolicy{}.fresh_seconds;
};

// The options above, on a verb's command line. --trust is required if `needs_trust`.
void add_verdict_options(CLI::App& verb, VerdictOptions& options, bool needs_trust);

// Judges tokens by the chains that its options name. One thread.
class TokenJudge {
 public:
  // `now`: at which chains are judged, seconds since 1970. The error is a sentence about an option or a file that it
  // names. Warnings go to standard error, behind `verb`.
  [[nodiscard]] static std::expected<std::unique_ptr<TokenJudge>, std::string> make(const VerdictOptions& options,
                                                                                    std::int64_t now,
                                                                                    const std::string& verb);
  ~TokenJudge();
  TokenJudge(const TokenJudge&) = delete;
  TokenJudge& operator=(const TokenJudge&) = delete;

  // The job as a crypto core gives it back; views in it refer to `file`, which holds a request that parsed. `now`: at
  // which tokens are judged. The rest is how a trunk reads its requests; by default, without a dial plan.
  [[nodiscard]] std::unique_ptr<crypto::VerifyJob> judge(
      const MessageFile& file, std::int64_t now, const sip::DialPlan& dial_plan = {},
      crypto::Originator originator = crypto::Originator::asserted_then_from);

 private:
  TokenJudge();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::control::cli
