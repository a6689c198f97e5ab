// stirline consent: who asks a called user for permission, and what becomes of it (SPIT-CO-01, SPIT-CO-07). Users do
// the same for themselves over HTTPS.
//
// stirline-control does it. Exit status: 0 done; 1 turned down; 64 wrong command line; 69 no stirline-control there.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/permissions/permission_requests.hpp"
#include "control/records/query_time.hpp"

namespace stirline::control::cli {

namespace {

struct ConsentOptions {
  std::string user;
  std::string caller;
  std::int64_t days = 0;
  bool json = false;
  std::string socket = config::ControlConfig{}.socket;
};

int consent_wrong(const char* verb, int status, std::string_view text) {
  fmt::print(stderr, "stirline consent {}: {}\n", verb, printable(text));
  return status;
}

void show(const Json& answer, bool json) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : answer.value("permissions", Json::array())) {
    if (json) {
      fmt::print("{}\n", to_line(entry));
    }
    rows.push_back({cell_of(entry, "caller"), cell_of(entry, "kind"), cell_of(entry, "state"),
                    cell_of(entry, "verdict"), cell_of(entry, "origin"),
                    write_query_time(entry.value("asked", std::int64_t{0})),
                    write_query_time(entry.value("until", std::int64_t{0}))});
  }
  if (!json && !rows.empty()) {
    fmt::print("{}", to_table({"caller", "kind", "state", "verdict", "origin", "asked", "until"}, rows));
  }
}

int ask(const char* verb, const ConsentOptions& options) {
  const Json question{{"do", verb}, {"user", options.user}, {"caller", options.caller}, {"days", options.days}};
  const auto answer = ask_control(options.socket, "consent", to_line(question));
  if (!answer) {
    return consent_wrong(verb, kExitMissing, answer.error().text);
  }
  const Json document = Json::parse(answer->text, nullptr, false);
  if (answer->code != config::wire::ResultCode::ok || !document.is_object()) {
    const Json errors = document.is_object() ? document.value("errors", Json::array()) : Json::array();
    return consent_wrong(
        verb, exit_status(answer->code),
        errors.empty() || !errors.front().is_string() ? "turned down" : errors.front().get<std::string>());
  }
  show(document, options.json);
  return kExitOk;
}

void add_consent_verb(CLI::App& parent, int& status, const char* name, const char* help) {
  const auto options = std::make_shared<ConsentOptions>();
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->add_option("--user", options->user, "the called user: a sip, sips or tel URI, or a number")->required();
  const std::string_view word = name;
  if (word == "list") {
    verb->add_flag("--json", options->json, "a line of JSON for each caller");
  } else {
    verb->add_option("--caller", options->caller, "the caller: likewise")->required();
  }
  if (word == "grant" || word == "deny") {
    verb->add_option("--days", options->days, "for how long")->check(CLI::Range(std::int64_t{1}, kMaxPermissionDays));
  }
  verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  verb->callback([options, name, &status] { status = ask(name, *options); });
}

}  // namespace

void add_consent(CLI::App& app, int& status) {
  CLI::App* consent = app.add_subcommand("consent", "Who asks a called user for permission to call");
  consent->require_subcommand(1);
  add_consent_verb(*consent, status, "list", "Questions, and what was answered");
  add_consent_verb(*consent, status, "grant", "This caller may");
  add_consent_verb(*consent, status, "deny", "This caller may not, and does not ask again meanwhile");
  add_consent_verb(*consent, status, "revoke", "Forget what was answered");
}

}  // namespace stirline::control::cli
