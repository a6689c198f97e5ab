#include "control/xcap/side_answers.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace stirline::control {

XcapAnswer bare_status(unsigned status) {
  return {.status = status};
}

XcapAnswer json_page(unsigned status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

XcapAnswer mistake_page(unsigned status, const std::string& text) {
  return json_page(status, nlohmann::ordered_json{{"error", text}}.dump() + "\n");
}

XcapAnswer broken_store(const char* service, const std::string& error) {
  spdlog::error("{}: {}", service, error);
  return bare_status(503);
}

}  // namespace stirline::control
