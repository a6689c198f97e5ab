#include "control/xcap/xcap_service.hpp"

#include <array>
#include <utility>

namespace stirline::control {

namespace {

std::optional<XcapMethod> method_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, XcapMethod>, 4> kMethods{
      {{"GET", XcapMethod::get}, {"HEAD", XcapMethod::head}, {"PUT", XcapMethod::put}, {"DELETE", XcapMethod::remove}}};
  for (const auto& [known, method] : kMethods) {
    if (name == known) {
      return method;
    }
  }
  return std::nullopt;
}

XcapHttpAnswer bare_http(unsigned status) {
  return {.resource = {.status = status}, .challenges = {}};
}

bool changes(XcapMethod method) {
  return method == XcapMethod::put || method == XcapMethod::remove;
}

}  // namespace

XcapHttpAnswer XcapService::judge(const XcapHttpRequest& request, NonceUse& use) {
  const auto method = method_named(request.method);
  const bool is_aside = options_.side != nullptr && options_.side->serves(request.target);
  if (!method && !is_aside) {
    return {.resource = {.status = 405, .allow = "GET, HEAD, PUT, DELETE"}, .challenges = {}};
  }
  const auto users = users_.users();
  Authenticated known = authenticator_.authenticate(request.method, request.target, request.authorization, *users, use);
  if (known.user.empty()) {
    return {.resource = {.status = 401}, .challenges = std::move(known.challenges)};
  }
  if (is_aside) {
    return {.resource = options_.side->answer({request.method, request.target, request.body}, known.user),
            .challenges = {}};
  }
  const auto uri = parse_xcap_uri(request.target, options_.root);
  if (!uri) {
    return bare_http(uri.error().fault == UriFault::elsewhere ? 404 : 400);
  }
  if (!may(known.user, *uri, *method, options_.administrators)) {
    return bare_http(403);
  }
  XcapHttpAnswer answer{.resource = operations_.answer({.method = *method,
                                                        .content_type = request.content_type,
                                                        .if_match = request.if_match,
                                                        .if_none_match = request.if_none_match,
                                                        .body = request.body},
                                                       *uri),
                        .challenges = {}};
  const unsigned status = answer.resource.status;
  tallies_.changes += changes(*method) && (status == 200 || status == 201) ? 1U : 0U;
  return answer;
}

XcapHttpAnswer XcapService::answer(const XcapHttpRequest& request, NonceUse& use) {
  XcapHttpAnswer answer = judge(request, use);
  switch (answer.resource.status) {
    case 401:
      ++tallies_.unauthenticated;
      break;
    case 403:
      ++tallies_.forbidden;
      break;
    case 409:
      ++tallies_.conflicts;
      break;
    case 412:
      ++tallies_.overtaken;
      break;
    case 500:
    case 503:
      ++tallies_.failed;
      break;
    default:
      break;
  }
  return answer;
}

}  // namespace stirline::control
