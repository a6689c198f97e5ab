// stirline status, stirline reload: ask stirline-control over its socket.
//
// Exit status: 0 done; 1 turned down (reload: the reasons are printed, nothing has changed); 69 no stirline-control
// there; 75 busy.
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/metrics/path_delays.hpp"
#include "control/top/drawing.hpp"

namespace stirline::control::cli {

namespace {

constexpr std::ptrdiff_t kSourcesShown = 16;

struct Question {
  std::string socket = config::ControlConfig{}.socket;
  bool json = false;
};

// People want to know how long, not a histogram; the alarms that stand, not how often each has stood; the worst
// sources, not all; and no help beside each row. JSON has all of it.
void digest(Json& document) {
  const Json::json_pointer alarms("/control/alarms");
  const Json::json_pointer raised("/control/alarms/raised");
  if (document.contains(raised)) {
    document[alarms] = Json(document.at(raised));
  }
  if (!document.is_object() || !document.contains("dataplane") || !document.at("dataplane").is_object()) {
    return;
  }
  Json& dataplane = document.at("dataplane");
  if (dataplane.contains("added_delay")) {
    Json rows = Json::array();
    for (const PathDelays& delays : read_delays(dataplane)) {
      rows.push_back({{"path", delays.path},
                      {"count", delays.count()},
                      {"p50", top::short_time(delays.quantile(0.5))},
                      {"p99", top::short_time(delays.quantile(0.99))}});
    }
    dataplane["added_delay"] = std::move(rows);
  }
  const auto sources = dataplane.find("sources_over_limit");
  if (sources != dataplane.end() && sources->is_array() && std::ssize(*sources) > kSourcesShown) {
    sources->erase(sources->begin() + kSourcesShown, sources->end());
  }
  dataplane.erase("reputation");  // `stirline reputation` shows it
  const auto fills = dataplane.find("fills");
  if (fills != dataplane.end() && fills->is_array()) {
    for (Json& row : *fills) {
      if (row.is_object()) {
        row.erase("help");
      }
    }
  }
}

int ask_and_print(const Question& question, std::string_view verb) {
  const auto answer = ask_control(question.socket, verb);
  if (!answer) {
    if (question.json) {
      fmt::print("{}\n", to_line({{"result", "unreachable"}, {"errors", {answer.error().text}}}));
    }
    fmt::print(stderr, "stirline {}: {}\n", verb, answer.error().text);
    return kExitMissing;
  }
  const int status = exit_status(answer->code);
  Json document = Json::parse(answer->text, nullptr, false);
  if (document.is_discarded()) {
    fmt::print(stderr, "stirline {}: {}\n", verb, printable(answer->text));
    return status == kExitOk ? kExitRefused : status;
  }
  if (!question.json) {
    digest(document);
  }
  std::FILE* const out = status == kExitOk || question.json ? stdout : stderr;
  fmt::print(out, "{}", question.json ? to_line(document) + "\n" : to_text(document));
  return status;
}

void add_question(CLI::App& app, int& status, const char* verb, const char* help) {
  const auto question = std::make_shared<Question>();
  CLI::App* command = app.add_subcommand(verb, help);
  command->add_option("--socket", question->socket, "stirline-control's socket")->capture_default_str();
  command->add_flag("--json", question->json, "one line of JSON");
  command->callback([question, verb, &status] { status = ask_and_print(*question, verb); });
}

}  // namespace

void add_status(CLI::App& app, int& status) {
  add_question(app, status, "status", "Ports, cores, counters, tables and their age");
}

void add_reload(CLI::App& app, int& status) {
  add_question(app, status, "reload", "Read the configuration again; a mistake changes nothing");
}

}  // namespace stirline::control::cli
