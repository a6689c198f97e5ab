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

// The job as a crypto core gives it back; views in it refer to `file`. `file` holds a request that parsed. The error is
// a sentence about an option or a file that it names. Warnings go to standard error, behind `verb`.
[[nodiscard]] std::expected<std::unique_ptr<crypto::VerifyJob>, std::string> judge_tokens(const MessageFile& file,
                                                                                          const VerdictOptions& options,
                                                                                          std::int64_t now,
                                                                                          const std::string& verb);

}  // namespace stirline::control::cli
