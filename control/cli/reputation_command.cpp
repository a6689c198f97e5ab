// stirline reputation: how callers, signers, trunks and prefixes of numbers stand, the worst first, and why
// (SPIT-CL-14).
//
// Exit status: 0 done; 1 control or the data plane has no answer; 69 no stirline-control there; 75 busy.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"

namespace stirline::control::cli {
namespace {

struct Question {
  std::string socket = config::ControlConfig{}.socket;
  std::string kind;  // empty: all
  std::uint32_t least_score = 0;
  bool json = false;
};

// "short_calls 92% +20, unallocated 18% +13": what adds points, most first.
std::string reasons_of(const Json& row) {
  std::vector<Json> parts;
  for (const Json& part : row.at("contributions")) {
    if (part.at("points").get<double>() > 0) {
      parts.push_back(part);
    }
  }
  std::ranges::sort(parts, std::ranges::greater(), [](const Json& part) { return part.at("points").get<double>(); });
  std::string text;
  for (const Json& part : parts) {
    text += fmt::format("{}{} {:.0f} {} +{:.0f}", text.empty() ? "" : ", ", part.at("feature").get<std::string>(),
                        part.at("value").get<double>(), part.at("unit").get<std::string>(),
                        part.at("points").get<double>());
  }
  return text;
}

Json chosen(const Json& reputation, const Question& question) {
  Json rows = Json::array();
  for (const Json& row : reputation) {
    if ((question.kind.empty() || row.at("kind") == question.kind) &&
        row.at("score").get<std::uint32_t>() >= question.least_score) {
      rows.push_back(row);
    }
  }
  return rows;
}

std::string as_table(const Json& rows) {
  std::vector<std::vector<std::string>> cells;
  for (const Json& row : rows) {
    const bool claimed = !row.at("shown").get<bool>();
    cells.push_back({row.at("kind").get<std::string>(),
                     printable(row.at("name").get<std::string>()) + (claimed ? " (claimed)" : ""),
                     std::to_string(row.at("score").get<std::uint32_t>()),
                     fmt::format("{:.0f}", row.at("calls").get<double>()), reasons_of(row)});
  }
  return to_table({"kind", "name", "score", "calls", "because of"}, cells);
}

int turned_down(const std::string& why) {
  fmt::print(stderr, "stirline reputation: {}\n", printable(why));
  return kExitRefused;
}

int run_reputation(const Question& question) {
  const auto answer = ask_control(question.socket, "status");
  if (!answer) {
    fmt::print(stderr, "stirline reputation: {}\n", answer.error().text);
    return kExitMissing;
  }
  const int status = exit_status(answer->code);
  if (status != kExitOk) {
    static_cast<void>(turned_down(answer->text));
    return status;
  }
  const Json document = Json::parse(answer->text, nullptr, false);
  const Json::json_pointer place("/dataplane/reputation");
  if (document.is_discarded() || !document.contains(place)) {
    return turned_down("the data plane does not answer");
  }
  const Json rows = chosen(document.at(place), question);
  fmt::print("{}", question.json ? to_line(rows) + "\n" : as_table(rows));
  return kExitOk;
}

}  // namespace

void add_reputation(CLI::App& app, int& status) {
  const auto question = std::make_shared<Question>();
  CLI::App* command =
      app.add_subcommand("reputation", "Callers, signers, trunks and prefixes by their spam score, and why");
  command->add_option("--socket", question->socket, "stirline-control's socket")->capture_default_str();
  command->add_option("--kind", question->kind, "only these")
      ->check(CLI::IsMember({"caller", "signer", "trunk", "prefix"}));
  command->add_option("--least-score", question->least_score, "only from this score on")->check(CLI::Range(0, 100));
  command->add_flag("--json", question->json, "one line of JSON");
  command->callback([question, &status] { status = run_reputation(*question); });
}

}  // namespace stirline::control::cli
