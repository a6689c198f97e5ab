#include "control/permissions/permission_pages.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "control/policy/canonical_identity.hpp"
#include "control/xcap/side_answers.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

bool is_one_of(const std::vector<std::string>& users, const std::string& user) {
  return std::ranges::find(users, user) != users.end();
}

}  // namespace

std::string permissions_json(const std::vector<Permission>& permissions) {
  Json list = Json::array();
  for (const Permission& one : permissions) {
    list.push_back({{"caller", one.caller},
                    {"kind", to_string(one.kind)},
                    {"state", to_string(one.state)},
                    {"verdict", one.verdict},
                    {"origin", one.origin},
                    {"asked", one.asked},
                    {"until", one.until}});
  }
  return Json{{"permissions", std::move(list)}}.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

bool PermissionPages::serves(std::string_view target) const {
  return read_permission_target(target, options_.root).has_value();
}

XcapAnswer PermissionPages::answer(const SideRequest& request, const std::string& user) {
  const auto target = read_permission_target(request.target, options_.root);
  if (!target) {
    return bare_status(404);
  }
  if (!*target) {
    return mistake_page(400, target->error());
  }
  if ((*target)->kind == PermissionTarget::Kind::test) {
    if (request.method != "POST") {
      return {.status = 405, .allow = "POST"};
    }
    return is_one_of(options_.testers, user) ? take_test(request.body, user) : bare_status(403);
  }
  if ((*target)->user != user && !is_one_of(options_.administrators, user)) {
    return bare_status(403);
  }
  const auto called = policy::canonical_identity((*target)->user, {});
  if (!called) {
    return mistake_page(404, "the user is nobody who can be called");
  }
  if ((*target)->kind == PermissionTarget::Kind::user) {
    return request.method == "GET" ? list(*called) : XcapAnswer{.status = 405, .allow = "GET"};
  }
  const auto caller = policy::canonical_identity((*target)->caller, {});
  if (!caller) {
    return mistake_page(400, "the caller is no sip, sips or tel URI and no number in international form with '+'");
  }
  if (request.method == "PUT") {
    return settle(*called, *caller, request.body, user);
  }
  return request.method == "DELETE" ? revoke(*called, *caller) : XcapAnswer{.status = 405, .allow = "PUT, DELETE"};
}

XcapAnswer PermissionPages::list(const std::string& called) const {
  const auto permissions = desk_.list(called);
  return permissions ? json_page(200, permissions_json(*permissions))
                     : broken_store("permissions", permissions.error());
}

XcapAnswer PermissionPages::settle(const std::string& called, const std::string& caller, std::string_view body,
                                   const std::string& user) {
  const auto answer = read_permission_answer(body);
  if (!answer) {
    return mistake_page(400, answer.error());
  }
  const auto kept = desk_.settle(called, caller, answer->state, answer->seconds, user);
  if (!kept) {
    return broken_store("permissions", kept.error());
  }
  return *kept ? bare_status(204) : mistake_page(409, "there are too many permissions: forget some of them");
}

XcapAnswer PermissionPages::revoke(const std::string& called, const std::string& caller) {
  const auto gone = desk_.revoke(called, caller);
  return !gone ? broken_store("permissions", gone.error()) : bare_status(*gone ? 204 : 404);
}

// What nobody waits for is a 404: a test may not say anything about calls that it was not sent.
XcapAnswer PermissionPages::take_test(std::string_view body, const std::string& user) {
  const auto result = read_test_result(body);
  if (!result) {
    return mistake_page(400, result.error());
  }
  const auto taken = desk_.take_test(result->call_id, result->called, result->caller, result->passed, user);
  if (!taken) {
    return broken_store("permissions", taken.error());
  }
  return *taken ? bare_status(204) : mistake_page(404, "no call of these two waits for a result");
}

}  // namespace stirline::control
