#include "control/accounting/accounting_command.hpp"

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "control/command_answer.hpp"
#include "control/http/json_members.hpp"
#include "control/json_text.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kMaxQuestion = 1'024;  // octets

std::int64_t integer_member(const nlohmann::json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace

Json answer_accounting_command(std::string_view text, TrunkAccounts* accounts) {
  if (accounts == nullptr) {
    return refused("nothing is counted: the configuration has no records.accounts");
  }
  const auto question = read_json_object(text, kMaxQuestion, {"since", "until", "trunk"});
  if (!question) {
    return refused("the question " + question.error());
  }
  const auto all = accounts->list(integer_member(*question, "since"), integer_member(*question, "until"),
                                  text_of(*question, "trunk"));
  if (!all) {
    return refused(all.error());
  }
  if (all->size() > TrunkAccounts::kMostRows) {
    return refused("that is too much at once: ask for a shorter time");
  }
  Json rows = Json::array();
  for (const CountedAccount& row : *all) {
    rows.push_back({{"hour", row.account.hour},
                    {"trunk", row.account.trunk},
                    {"flow", to_string(row.account.flow)},
                    {"method", row.account.method},
                    {"decision", to_string(row.account.decision)},
                    {"verdict", to_string(row.account.verdict)},
                    {"messages", row.messages}});
  }
  return {{"result", "ok"}, {"accounts", std::move(rows)}};
}

}  // namespace stirline::control
