#include "control/permissions/permission_requests.hpp"

#include <nlohmann/json.hpp>

#include "control/day.hpp"
#include "control/http/json_members.hpp"
#include "control/http/percent_encoding.hpp"
#include "control/json_text.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/xcap_users.hpp"

namespace stirline::control {

namespace {

constexpr std::string_view kUsers = "consent/users/";
constexpr std::string_view kTest = "turing";

// One segment of a path, its escapes undone: 1 to 512 visible characters.
std::optional<std::string> segment(std::string_view text) {
  auto plain = percent_decoded(text);
  return plain && is_xui(*plain) ? plain : std::nullopt;
}

}  // namespace

std::optional<std::expected<PermissionTarget, std::string>> read_permission_target(std::string_view target,
                                                                                   std::string_view root) {
  using Read = std::expected<PermissionTarget, std::string>;
  if (!target.starts_with(root)) {
    return std::nullopt;
  }
  target.remove_prefix(root.size());
  if (target == kTest) {
    return Read(PermissionTarget{});
  }
  if (!target.starts_with(kUsers)) {
    return std::nullopt;
  }
  target.remove_prefix(kUsers.size());
  const std::size_t slash = target.find('/');
  auto user = segment(target.substr(0, slash));
  if (!user) {
    return Read(std::unexpected("the user is malformed"));
  }
  if (slash == std::string_view::npos) {
    return Read(PermissionTarget{PermissionTarget::Kind::user, std::move(*user), {}});
  }
  auto caller = segment(target.substr(slash + 1));
  if (!caller || target.find('/', slash + 1) != std::string_view::npos) {
    return Read(std::unexpected("the caller is malformed"));
  }
  return Read(PermissionTarget{PermissionTarget::Kind::caller, std::move(*user), std::move(*caller)});
}

std::expected<PermissionAnswer, std::string> read_permission_answer(std::string_view body) {
  const auto document = read_json_object(body, kMaxPermissionBody, {"state", "days"});
  if (!document) {
    return std::unexpected(document.error());
  }
  PermissionAnswer answer;
  const std::string state = text_of(*document, "state");
  if (state == to_string(PermissionState::denied)) {
    answer.state = PermissionState::denied;
  } else if (state != to_string(PermissionState::granted)) {
    return std::unexpected("state is granted or denied");
  }
  if (const auto days = document->find("days"); days != document->end()) {
    if (!days->is_number_unsigned() || days->get<std::uint64_t>() == 0 ||
        days->get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxPermissionDays)) {
      return std::unexpected("days is a whole number from 1 to 3650");
    }
    answer.seconds = days->get<std::int64_t>() * kDay;
  }
  return answer;
}

std::expected<TestResult, std::string> read_test_result(std::string_view body) {
  const auto document = read_json_object(body, kMaxPermissionBody, {"call-id", "caller", "called", "ok"});
  if (!document) {
    return std::unexpected(document.error());
  }
  TestResult result;
  result.call_id = text_of(*document, "call-id");
  if (result.call_id.empty() || result.call_id.size() > kMaxCallId) {
    return std::unexpected("call-id is 1 to 255 octets of text");
  }
  const auto caller = policy::canonical_identity(text_of(*document, "caller"), {});
  const auto called = policy::canonical_identity(text_of(*document, "called"), {});
  if (!caller || !called) {
    return std::unexpected("caller and called are sip, sips or tel URIs, or numbers in international form with '+'");
  }
  const auto ok = document->find("ok");
  if (ok == document->end() || !ok->is_boolean()) {
    return std::unexpected("ok is true or false");
  }
  result.caller = *caller;
  result.called = *called;
  result.passed = ok->get<bool>();
  return result;
}

}  // namespace stirline::control
