#include "control/feedback/feedback_requests.hpp"

#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "control/http/json_members.hpp"
#include "control/http/percent_encoding.hpp"
#include "control/json_text.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/xcap_users.hpp"

namespace stirline::control {

namespace {

constexpr std::string_view kFeedback = "feedback";
constexpr std::int64_t kLastSecond = INT64_C(0xffff'ffff);

}  // namespace

std::optional<std::expected<FeedbackTarget, std::string>> read_feedback_target(std::string_view target,
                                                                               std::string_view root) {
  using Read = std::expected<FeedbackTarget, std::string>;
  if (!target.starts_with(root) || !target.substr(root.size()).starts_with(kFeedback)) {
    return std::nullopt;
  }
  target.remove_prefix(root.size() + kFeedback.size());
  if (target.empty()) {
    return Read(FeedbackTarget{});
  }
  if (!target.starts_with('/')) {
    return std::nullopt;
  }
  auto caller = percent_decoded(target.substr(1));
  if (!caller || !is_xui(*caller) || target.find('/', 1) != std::string_view::npos) {
    return Read(std::unexpected("the caller is malformed"));
  }
  return Read(FeedbackTarget{std::move(*caller)});
}

std::expected<FeedbackReport, std::string> read_feedback(std::string_view body) {
  const auto document = read_json_object(body, kMaxFeedbackBody, {"from", "verdict", "at", "call-id"});
  if (!document) {
    return std::unexpected(document.error());
  }
  FeedbackReport report;
  const auto caller = policy::canonical_identity(text_of(*document, "from"), {});
  if (!caller || caller->size() > kMaxFeedbackCaller) {
    return std::unexpected("from is a sip, sips or tel URI, or a number in international form with '+'");
  }
  report.caller = *caller;
  const std::string verdict = text_of(*document, "verdict");
  if (verdict != to_string(FeedbackVerdict::unwanted) && verdict != to_string(FeedbackVerdict::wanted)) {
    return std::unexpected("verdict is unwanted or wanted");
  }
  report.verdict = verdict == to_string(FeedbackVerdict::wanted) ? FeedbackVerdict::wanted : FeedbackVerdict::unwanted;
  if (const auto at = document->find("at"); at != document->end()) {
    if (!at->is_number_unsigned() || at->get<std::uint64_t>() > static_cast<std::uint64_t>(kLastSecond)) {
      return std::unexpected("at is a time in seconds since 1970");
    }
    report.call_at = at->get<std::int64_t>();
  }
  if (const auto call_id = document->find("call-id"); call_id != document->end()) {
    report.call_id = text_of(*document, "call-id");
    if (report.call_id.empty() || report.call_id.size() > kMaxFeedbackCallId) {
      return std::unexpected("call-id is 1 to 255 octets of text");
    }
  }
  return report;
}

}  // namespace stirline::control
