#include "control/notices/notice_pages.hpp"

#include <nlohmann/json.hpp>

#include "control/http/percent_encoding.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/side_answers.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kNoticesOfUsers = "notices/users/";

}  // namespace

std::string notices_json(const std::vector<Notice>& notices) {
  Json list = Json::array();
  for (const Notice& one : notices) {
    list.push_back({{"at", one.at},
                    {"caller", one.caller},
                    {"known", one.known},
                    {"method", one.method},
                    {"done", to_string(one.deed)},
                    {"status", one.status},
                    {"rule", one.rule}});
  }
  return Json{{"notices", std::move(list)}}.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

bool NoticePages::serves(std::string_view target) const {
  return target.starts_with(root_) && target.substr(root_.size()).starts_with(kNoticesOfUsers);
}

XcapAnswer NoticePages::answer(const SideRequest& request, const std::string& user) {
  const auto named = percent_decoded(request.target.substr(root_.size() + kNoticesOfUsers.size()));
  if (!named) {
    return mistake_page(400, "the user is malformed");
  }
  if (*named != user) {
    return bare_status(403);
  }
  const auto called = policy::canonical_identity(user, {});
  if (!called) {
    return mistake_page(404, "you are nobody who can be called");
  }
  if (request.method == "GET") {
    const auto all = desk_.list(*called);
    return all ? json_page(200, notices_json(*all)) : broken_store("notices", all.error());
  }
  if (request.method == "DELETE") {
    const auto gone = desk_.clear(*called);
    return gone ? bare_status(*gone == 0 ? 404 : 204) : broken_store("notices", gone.error());
  }
  return {.status = 405, .allow = "GET, DELETE"};
}

}  // namespace stirline::control
