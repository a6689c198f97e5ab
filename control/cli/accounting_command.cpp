// stirline accounting: how many messages came over each trunk in each hour, and what became of them (SPIT-CL-11).
//
// stirline-control has counted them. Exit status: 0 done; 1 turned down; 64 wrong command line; 69 no stirline-control
// there.
#include <cstdio>
#include <ctime>
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

struct AccountingOptions {
  std::string since = "24h";
  std::string until;
  std::string trunk;
  bool csv = false;
  bool json = false;
  std::string socket = config::ControlConfig{}.socket;
};

int wrong(int status, std::string_view text) {
  fmt::print(stderr, "stirline accounting: {}\n", printable(text));
  return status;
}

// Names of trunks, methods and decisions hold nothing that CSV would have to quote.
void show(const Json& accounts, const AccountingOptions& options) {
  const std::vector<std::string> heading{"hour", "trunk", "flow", "method", "decision", "verdict", "messages"};
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : accounts) {
    if (options.json) {
      fmt::print("{}\n", to_line(entry));
    }
    rows.push_back({write_query_time(entry.value("hour", std::int64_t{0})), cell_of(entry, "trunk"),
                    cell_of(entry, "flow"), cell_of(entry, "method"), cell_of(entry, "decision"),
                    cell_of(entry, "verdict"), std::to_string(entry.value("messages", std::uint64_t{0}))});
  }
  if (options.csv) {
    fmt::print("{}\n", fmt::join(heading, ","));
    for (const std::vector<std::string>& row : rows) {
      fmt::print("{}\n", fmt::join(row, ","));
    }
  } else if (!options.json && !rows.empty()) {
    fmt::print("{}", to_table(heading, rows));
  }
}

int account(const AccountingOptions& options) {
  const std::int64_t now = std::time(nullptr);
  const auto since = read_query_time(options.since, Edge::begin, now);
  const auto until = options.until.empty() ? now : read_query_time(options.until, Edge::end, now);
  if (!since || !until) {
    return wrong(kExitUsage, fmt::format("{} is no time", since ? options.until : options.since));
  }
  const Json question{{"since", *since}, {"until", *until}, {"trunk", options.trunk}};
  const auto answer = ask_control(options.socket, "accounting", to_line(question));
  if (!answer) {
    return wrong(kExitMissing, answer.error().text);
  }
  const Json document = Json::parse(answer->text, nullptr, false);
  if (answer->code != config::wire::ResultCode::ok || !document.is_object()) {
    const Json errors = document.is_object() ? document.value("errors", Json::array()) : Json::array();
    return wrong(exit_status(answer->code),
                 errors.empty() || !errors.front().is_string() ? "turned down" : errors.front().get<std::string>());
  }
  show(document.value("accounts", Json::array()), options);
  return kExitOk;
}

}  // namespace

void add_accounting(CLI::App& app, int& status) {
  const auto options = std::make_shared<AccountingOptions>();
  CLI::App* verb = app.add_subcommand("accounting", "Messages over each trunk by hour, and what became of them");
  verb->add_option("--since", options->since,
                   "2026-11-18, 2026-11-18T10:15, with :30 (UTC), seconds since 1970, or how long ago: 90m, 24h, 7d")
      ->capture_default_str();
  verb->add_option("--until", options->until, "the same, to its end; now if left out");
  verb->add_option("--trunk", options->trunk, "of this trunk alone");
  verb->add_flag("--csv", options->csv, "comma-separated values, for settlement")
      ->excludes(verb->add_flag("--json", options->json, "a line of JSON for each row"));
  verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  verb->callback([options, &status] { status = account(*options); });
}

}  // namespace stirline::control::cli
