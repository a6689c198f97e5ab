#include "control/notices/notice_command.hpp"

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "control/command_answer.hpp"
#include "control/http/json_members.hpp"
#include "control/json_text.hpp"
#include "control/notices/notice_pages.hpp"
#include "control/policy/canonical_identity.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kMaxNoticesQuestion = 4'096;  // octets

}  // namespace

Json answer_notices_command(std::string_view text, const NoticeDesk* desk) {
  if (desk == nullptr) {
    return refused("no notices are kept: the configuration has no notices.database");
  }
  const auto question = read_json_object(text, kMaxNoticesQuestion, {"user"});
  if (!question) {
    return refused("the question " + question.error());
  }
  const auto user = policy::canonical_identity(text_of(*question, "user"), {});
  if (!user) {
    return refused("the user is nobody who can be called");
  }
  const auto all = desk->list(*user);
  if (!all) {
    return refused(all.error());
  }
  Json answer{{"result", "ok"}, {"user", *user}};
  answer.update(Json::parse(notices_json(*all)));
  return answer;
}

}  // namespace stirline::control
