// The commands about kept chains and lists that stirline-control serves on its socket:
//
// `cert fetch` takes the URL of a list that is wanted, too.
//
//   cert list | cert show URL | cert fetch URL | cert forget URL | cert import URL, with the PEM text attached
//
// Answers are documents {"result": "ok", ...}; refusals {"result": "refused", "errors": [...]}.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "control/certificates/certificate_keeper.hpp"
#include "control/certificates/list_keeper.hpp"
#include "control/chain_judge.hpp"
#include "control/command_server.hpp"

namespace stirline::control {

using JudgeNow = std::function<ChainJudgement(const KeptChain& chain)>;

// What the commands are about. `now`: seconds since 1970.
struct CertCommandSubjects {
  CertificateKeeper& keeper;
  ListKeeper& lists;
  JudgeNow judge;
  std::int64_t now = 0;
};

// `verb` begins with "cert ". Replies once: `fetch` when the fetch has ended. The keepers, and what `judge` refers to,
// outlive the loop's turn in which that is.
void answer_cert_command(std::string_view verb, std::string_view attached, const CertCommandSubjects& subjects,
                         const CommandServer::Reply& reply);

}  // namespace stirline::control
