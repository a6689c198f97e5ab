#include "control/permissions/permission_command.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "control/command_answer.hpp"
#include "control/day.hpp"
#include "control/json_text.hpp"
#include "control/permissions/permission_pages.hpp"
#include "control/permissions/permission_requests.hpp"
#include "control/policy/canonical_identity.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

Json list(const std::string& called, PermissionDesk& desk) {
  const auto permissions = desk.list(called);
  if (!permissions) {
    return refused(permissions.error());
  }
  Json answer{{"result", "ok"}, {"called", called}};
  answer.update(Json::parse(permissions_json(*permissions)));
  return answer;
}

}  // namespace

Json answer_consent_command(std::string_view text, PermissionDesk* desk) {
  if (desk == nullptr) {
    return refused("no permissions are kept: the configuration has no xcap.permissions");
  }
  const Json question = Json::parse(text, nullptr, false);
  if (!question.is_object()) {
    return refused("the question is no JSON object");
  }
  const auto called = policy::canonical_identity(text_of(question, "user"), {});
  if (!called) {
    return refused("the user is nobody who can be called");
  }
  const std::string verb = text_of(question, "do");
  if (verb == "list") {
    return list(*called, *desk);
  }
  const auto caller = policy::canonical_identity(text_of(question, "caller"), {});
  if (!caller) {
    return refused("the caller is no sip, sips or tel URI and no number in international form with '+'");
  }
  if (verb == "revoke") {
    const auto gone = desk->revoke(*called, *caller);
    return !gone ? refused(gone.error()) : *gone ? Json{{"result", "ok"}} : refused("nothing is kept of this caller");
  }
  const auto days = question.find("days");
  const std::int64_t wanted = days != question.end() && days->is_number_integer() ? days->get<std::int64_t>() : 0;
  if ((verb != "grant" && verb != "deny") || wanted < 0 || wanted > kMaxPermissionDays) {
    return refused("list, grant, deny and revoke are known, and days from 1 to 3650");
  }
  const auto kept = desk->settle(*called, *caller, verb == "grant" ? PermissionState::granted : PermissionState::denied,
                                 wanted * kDay, std::string(kOperatorOrigin));
  return !kept ? refused(kept.error()) : *kept ? Json{{"result", "ok"}} : refused("the user has too many permissions");
}

}  // namespace stirline::control
