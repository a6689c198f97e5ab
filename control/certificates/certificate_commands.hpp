// The commands about kept chains that stirline-control serves on its socket:
//
//   cert list | cert show URL | cert fetch URL | cert forget URL | cert import URL, with the PEM text attached
//
// Answers are documents {"result": "ok", ...}; refusals {"result": "refused", "errors": [...]}.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "control/certificates/certificate_keeper.hpp"
#include "control/chain_judge.hpp"
#include "control/command_server.hpp"

namespace stirline::control {

using JudgeNow = std::function<ChainJudgement(const KeptChain& chain)>;

// `verb` begins with "cert ". Replies once: `fetch` when the fetch has ended. The keeper, and what `judge` refers to,
// outlive the loop's turn in which that is.
void answer_cert_command(std::string_view verb, std::string_view attached, CertificateKeeper& keeper,
                         const JudgeNow& judge, const CommandServer::Reply& reply);

}  // namespace stirline::control
