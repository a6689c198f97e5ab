#include "control/feedback/feedback_pages.hpp"

#include <nlohmann/json.hpp>

#include "control/feedback/feedback_requests.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/side_answers.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::string feedback_json(const std::vector<Feedback>& all) {
  Json list = Json::array();
  for (const Feedback& one : all) {
    list.push_back({{"caller", one.caller},
                    {"verdict", to_string(one.verdict)},
                    {"outcome", to_string(one.outcome)},
                    {"weight", one.weight / kThousandths},
                    {"shown", one.shown},
                    {"trunk", one.trunk},
                    {"at", one.at}});
  }
  return Json{{"feedback", std::move(list)}}.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

bool FeedbackPages::serves(std::string_view target) const {
  return read_feedback_target(target, root_).has_value();
}

XcapAnswer FeedbackPages::answer(const SideRequest& request, const std::string& user) {
  const auto target = read_feedback_target(request.target, root_);
  if (!target) {
    return bare_status(404);
  }
  if (!*target) {
    return mistake_page(400, target->error());
  }
  const auto called = policy::canonical_identity(user, {});
  if (!called) {
    return mistake_page(404, "you are nobody who can be called");
  }
  const std::string& caller = (*target)->caller;
  if (request.method == "DELETE") {
    return undo(*called, caller);
  }
  if (!caller.empty()) {
    return {.status = 405, .allow = "DELETE"};
  }
  if (request.method == "POST") {
    return take(request.body, *called);
  }
  return request.method == "GET" ? list(*called) : XcapAnswer{.status = 405, .allow = "GET, POST, DELETE"};
}

XcapAnswer FeedbackPages::take(std::string_view body, const std::string& called) {
  auto report = read_feedback(body);
  if (!report) {
    return mistake_page(400, report.error());
  }
  report->user = called;
  const auto taken = desk_.take(*report);
  if (!taken) {
    return broken_store("feedback", taken.error());
  }
  switch (*taken) {
    case FeedbackDesk::Taken::no_such_call:
      return mistake_page(404, "no such call is known");
    case FeedbackDesk::Taken::repeated:
      return mistake_page(409, "you have said so: once a day for each caller who has called again");
    case FeedbackDesk::Taken::over_limit:
      return mistake_page(409, "that is more than can be taken: try again later");
    case FeedbackDesk::Taken::taken:
      break;
  }
  return bare_status(204);
}

XcapAnswer FeedbackPages::list(const std::string& called) const {
  const auto all = desk_.list(called);
  return all ? json_page(200, feedback_json(*all)) : broken_store("feedback", all.error());
}

XcapAnswer FeedbackPages::undo(const std::string& called, const std::string& written) {
  std::string caller;
  if (!written.empty()) {
    const auto identity = policy::canonical_identity(written, {});
    if (!identity) {
      return mistake_page(400, "the caller is no sip, sips or tel URI and no number in international form with '+'");
    }
    caller = *identity;
  }
  const auto undone = desk_.undo(called, caller);
  return !undone ? broken_store("feedback", undone.error()) : bare_status(*undone == 0 ? 404 : 204);
}

}  // namespace stirline::control
