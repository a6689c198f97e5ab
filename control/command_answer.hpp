// Answers to the operator's commands: an object whose "result" is "ok", or else "refused" or "busy" with "errors".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/wire/protocol.hpp"

namespace stirline::control {

[[nodiscard]] inline nlohmann::ordered_json refused(const std::vector<std::string>& errors) {
  return {{"result", "refused"}, {"errors", errors}};
}

[[nodiscard]] inline nlohmann::ordered_json refused(const std::string& why) {
  return refused(std::vector{why});
}

[[nodiscard]] inline nlohmann::ordered_json refused_for_now(const std::string& why) {
  return {{"result", "busy"}, {"errors", {why}}};
}

// With the code of its result. What is no UTF-8 in it, for texts come from strangers too, is replaced. `reply`: a
// CommandServer::Reply.
template <typename Reply>
void give(const Reply& reply, const nlohmann::ordered_json& answer) {
  using config::wire::ResultCode;
  const std::string_view result = answer.at("result").get_ref<const std::string&>();
  reply(result == "ok"     ? ResultCode::ok
        : result == "busy" ? ResultCode::busy
                           : ResultCode::refused,
        answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace stirline::control
