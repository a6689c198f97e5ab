#include "control/permissions/permission_pages.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "control/policy/canonical_identity.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kJson = "application/json";

XcapAnswer bare(unsigned status) {
  return {.status = status};
}

XcapAnswer page(unsigned status, std::string body) {
  return {.status = status, .content_type = std::string(kJson), .body = std::move(body)};
}

XcapAnswer mistake(unsigned status, const std::string& text) {
  return page(status, Json{{"error", text}}.dump() + "\n");
}

// The store does not serve: it is told to the log, not to strangers.
XcapAnswer broken(const std::string& error) {
  spdlog::error("permissions: {}", error);
  return bare(503);
}

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
    return bare(404);
  }
  if (!*target) {
    return mistake(400, target->error());
  }
  if ((*target)->kind == PermissionTarget::Kind::test) {
    if (request.method != "POST") {
      return {.status = 405, .allow = "POST"};
    }
    return is_one_of(options_.testers, user) ? take_test(request.body, user) : bare(403);
  }
  if ((*target)->user != user && !is_one_of(options_.administrators, user)) {
    return bare(403);
  }
  const auto called = policy::canonical_identity((*target)->user, {});
  if (!called) {
    return mistake(404, "the user is nobody who can be called");
  }
  if ((*target)->kind == PermissionTarget::Kind::user) {
    return request.method == "GET" ? list(*called) : XcapAnswer{.status = 405, .allow = "GET"};
  }
  const auto caller = policy::canonical_identity((*target)->caller, {});
  if (!caller) {
    return mistake(400, "the caller is no sip, sips or tel URI and no number in international form with '+'");
  }
  if (request.method == "PUT") {
    return settle(*called, *caller, request.body, user);
  }
  return request.method == "DELETE" ? revoke(*called, *caller) : XcapAnswer{.status = 405, .allow = "PUT, DELETE"};
}

XcapAnswer PermissionPages::list(const std::string& called) const {
  const auto permissions = desk_.list(called);
  return permissions ? page(200, permissions_json(*permissions)) : broken(permissions.error());
}

XcapAnswer PermissionPages::settle(const std::string& called, const std::string& caller, std::string_view body,
                                   const std::string& user) {
  const auto answer = read_permission_answer(body);
  if (!answer) {
    return mistake(400, answer.error());
  }
  const auto kept = desk_.settle(called, caller, answer->state, answer->seconds, user);
  if (!kept) {
    return broken(kept.error());
  }
  return *kept ? bare(204) : mistake(409, "there are too many permissions: forget some of them");
}

XcapAnswer PermissionPages::revoke(const std::string& called, const std::string& caller) {
  const auto gone = desk_.revoke(called, caller);
  return !gone ? broken(gone.error()) : bare(*gone ? 204 : 404);
}

// What nobody waits for is a 404: a test may not say anything about calls that it was not sent.
XcapAnswer PermissionPages::take_test(std::string_view body, const std::string& user) {
  const auto result = read_test_result(body);
  if (!result) {
    return mistake(400, result.error());
  }
  const auto taken = desk_.take_test(result->call_id, result->called, result->caller, result->passed, user);
  if (!taken) {
    return broken(taken.error());
  }
  return *taken ? bare(204) : mistake(404, "no call of these two waits for a result");
}

}  // namespace stirline::control
