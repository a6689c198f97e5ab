// stirline feedback: what a called user has said about calls he got: shown, exported, undone (SPIT-MK-03, SPIT-FW-04).
// Users do the same for themselves over HTTPS.
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
#include "control/records/query_time.hpp"

namespace stirline::control::cli {

namespace {

struct FeedbackOptions {
  std::string user;
  std::string caller;
  std::string socket = config::ControlConfig{}.socket;
};

int feedback_wrong(const char* verb, int status, std::string_view text) {
  fmt::print(stderr, "stirline feedback {}: {}\n", verb, printable(text));
  return status;
}

void show(const Json& feedback) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : feedback) {
    rows.push_back({write_query_time(entry.value("at", std::int64_t{0})), cell_of(entry, "caller"),
                    cell_of(entry, "verdict"), cell_of(entry, "outcome"),
                    fmt::format("{:.3f}", entry.value("weight", 0.0)), entry.value("shown", false) ? "yes" : "no",
                    cell_of(entry, "trunk")});
  }
  if (!rows.empty()) {
    fmt::print("{}", to_table({"at", "caller", "verdict", "others", "weight", "shown", "trunk"}, rows));
  }
}

int ask(std::string_view word, const FeedbackOptions& options) {
  const char* const verb = word.data();
  const Json question{{"do", word == "undo" ? "undo" : "show"}, {"user", options.user}, {"caller", options.caller}};
  const auto answer = ask_control(options.socket, "feedback", to_line(question));
  if (!answer) {
    return feedback_wrong(verb, kExitMissing, answer.error().text);
  }
  const Json document = Json::parse(answer->text, nullptr, false);
  if (answer->code != config::wire::ResultCode::ok || !document.is_object()) {
    const Json errors = document.is_object() ? document.value("errors", Json::array()) : Json::array();
    return feedback_wrong(
        verb, exit_status(answer->code),
        errors.empty() || !errors.front().is_string() ? "turned down" : errors.front().get<std::string>());
  }
  const Json feedback = document.value("feedback", Json::array());
  if (word == "show") {
    show(feedback);
  } else if (word == "export") {
    for (const Json& entry : feedback) {
      fmt::print("{}\n", to_line(entry));
    }
  } else {
    fmt::print("{} undone\n", document.value("undone", std::int64_t{0}));
  }
  return kExitOk;
}

void add_feedback_verb(CLI::App& parent, int& status, const char* name, const char* help) {
  const auto options = std::make_shared<FeedbackOptions>();
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->add_option("--user", options->user, "the called user: a sip, sips or tel URI, or a number")->required();
  if (std::string_view(name) == "undo") {
    verb->add_option("--caller", options->caller, "what he has said about this caller alone");
  }
  verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  verb->callback([options, name, &status] { status = ask(name, *options); });
}

}  // namespace

void add_feedback(CLI::App& app, int& status) {
  CLI::App* feedback = app.add_subcommand("feedback", "What a called user has said about calls he got");
  feedback->require_subcommand(1);
  add_feedback_verb(*feedback, status, "show", "What he has said, and what others say");
  add_feedback_verb(*feedback, status, "export", "The same, a line of JSON each");
  add_feedback_verb(*feedback, status, "undo", "Forget what he has said");
}

}  // namespace stirline::control::cli
