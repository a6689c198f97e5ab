// stirline notices: what a called user has been told of calls, since rules of his own want it (SPIT-PL-03). Users see,
// and remove, their own over HTTPS.
//
// stirline-control answers. Exit status: 0 done; 1 turned down; 64 wrong command line; 69 no stirline-control there.
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
#include "control/records/query_time.hpp"

namespace stirline::control::cli {

namespace {

struct NoticesOptions {
  std::string user;
  bool json = false;
  std::string socket = config::ControlConfig{}.socket;
};

int no_notices(int status, std::string_view text) {
  fmt::print(stderr, "stirline notices: {}\n", printable(text));
  return status;
}

// "answered 603".
std::string deed_of(const Json& entry) {
  const auto status = entry.value("status", 0);
  return status == 0 ? cell_of(entry, "done") : fmt::format("{} {}", cell_of(entry, "done"), status);
}

void show_notices(const Json& answer, bool json) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : answer.value("notices", Json::array())) {
    if (json) {
      fmt::print("{}\n", to_line(entry));
    }
    rows.push_back({write_query_time(entry.value("at", std::int64_t{0})), cell_of(entry, "caller"),
                    entry.value("known", false) ? "yes" : "no", cell_of(entry, "method"), deed_of(entry),
                    cell_of(entry, "rule")});
  }
  if (!json && !rows.empty()) {
    fmt::print("{}", to_table({"at", "caller", "known", "method", "done", "rule"}, rows));
  }
}

int ask_for_notices(const NoticesOptions& options) {
  const auto answer = ask_control(options.socket, "notices", to_line(Json{{"user", options.user}}));
  if (!answer) {
    return no_notices(kExitMissing, answer.error().text);
  }
  const Json document = Json::parse(answer->text, nullptr, false);
  if (answer->code != config::wire::ResultCode::ok || !document.is_object()) {
    const Json errors = document.is_object() ? document.value("errors", Json::array()) : Json::array();
    return no_notices(exit_status(answer->code), errors.empty() || !errors.front().is_string()
                                                     ? "turned down"
                                                     : errors.front().get<std::string>());
  }
  show_notices(document, options.json);
  return kExitOk;
}

}  // namespace

void add_notices(CLI::App& app, int& status) {
  const auto options = std::make_shared<NoticesOptions>();
  CLI::App* verb = app.add_subcommand("notices", "What a called user has been told of calls, the newest first");
  verb->add_option("--user", options->user, "the called user: a sip, sips or tel URI, or a number")->required();
  verb->add_flag("--json", options->json, "a line of JSON for each notice");
  verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  verb->callback([options, &status] { status = ask_for_notices(*options); });
}

}  // namespace stirline::control::cli
