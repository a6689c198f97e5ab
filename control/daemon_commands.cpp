// What the operator's commands ask of the daemon: each of them by its name.
#include <nlohmann/json.hpp>

#include "control/accounting/accounting_command.hpp"
#include "control/certificates/certificate_commands.hpp"
#include "control/command_answer.hpp"
#include "control/daemon.hpp"
#include "control/feedback/feedback_command.hpp"
#include "control/notices/notice_command.hpp"
#include "control/permissions/permission_command.hpp"

namespace stirline::control {

void Daemon::on_command(const CommandServer::Command& command, const CommandServer::Reply& reply) {
  const std::string_view verb = command.verb;
  if (verb == "status") {
    on_status(reply);
  } else if (verb == "calls") {
    give(reply, records_->ask(command.attached, command.user));
  } else if (verb == "consent") {
    give(reply, answer_consent_command(command.attached, permissions_.get()));
  } else if (verb == "feedback") {
    give(reply, answer_feedback_command(command.attached, feedback_.get()));
  } else if (verb == "notices") {
    give(reply, answer_notices_command(command.attached, notices_.get()));
  } else if (verb == "accounting") {
    give(reply, answer_accounting_command(command.attached, accounts_.get()));
  } else if (verb == "watch") {
    watches_->start(*commands_, command, reply);
  } else if (verb == "reload") {
    reload([reply](const nlohmann::ordered_json& answer) { give(reply, answer); });
  } else if (verb.starts_with("cert ")) {
    const auto judge_now = [this](const KeptChain& chain) {
      const ChainJudgement* const known = state_.fetched.find(chain);
      return known != nullptr ? *known
                              : best_of(judge_everywhere(state_, chain.stored.url, chain.stored.pem, options_.now()));
    };
    answer_cert_command(verb, command.attached, {*keeper_, *lists_, judge_now, options_.now()}, reply);
  } else {
    give(reply, refused("commands are: status, reload, cert, calls, consent, feedback, notices, accounting, watch"));
  }
}

}  // namespace stirline::control
