#include "control/feedback/feedback_command.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "control/command_answer.hpp"
#include "control/feedback/feedback_pages.hpp"
#include "control/feedback/feedback_requests.hpp"
#include "control/http/json_members.hpp"
#include "control/json_text.hpp"
#include "control/policy/canonical_identity.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

Json answer_feedback_command(std::string_view text, FeedbackDesk* desk) {
  if (desk == nullptr) {
    return refused("no feedback is kept: the configuration has no feedback.database");
  }
  const auto question = read_json_object(text, kMaxFeedbackBody, {"do", "user", "caller"});
  if (!question) {
    return refused("the question " + question.error());
  }
  const auto user = policy::canonical_identity(text_of(*question, "user"), {});
  if (!user) {
    return refused("the user is nobody who can be called");
  }
  const std::string verb = text_of(*question, "do");
  if (verb == "show") {
    const auto all = desk->list(*user);
    if (!all) {
      return refused(all.error());
    }
    Json answer{{"result", "ok"}, {"user", *user}};
    answer.update(Json::parse(feedback_json(*all)));
    return answer;
  }
  if (verb != "undo") {
    return refused("show and undo are known");
  }
  std::string caller;
  if (const std::string written = text_of(*question, "caller"); !written.empty()) {
    const auto identity = policy::canonical_identity(written, {});
    if (!identity) {
      return refused("the caller is no sip, sips or tel URI and no number in international form with '+'");
    }
    caller = *identity;
  }
  const auto undone = desk->undo(*user, caller);
  return !undone        ? refused(undone.error())
         : *undone == 0 ? refused("nothing is kept of that")
                        : Json{{"result", "ok"}, {"undone", *undone}};
}

}  // namespace stirline::control
