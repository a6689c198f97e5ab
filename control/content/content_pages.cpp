#include "control/content/content_pages.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "control/day.hpp"
#include "control/http/json_members.hpp"
#include "control/json_text.hpp"
#include "control/xcap/side_answers.hpp"
#include "sip_parser/utf8.hpp"

namespace stirline::control::content {

namespace {

constexpr std::string_view kTarget = "content";

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool ContentPages::serves(std::string_view target) const {
  return target.starts_with(options_.root) && target.substr(options_.root.size()) == kTarget;
}

XcapAnswer ContentPages::answer(const SideRequest& request, const std::string& user) {
  if (request.method != "POST") {
    return {.status = 405, .allow = "POST"};
  }
  return is_among(options_.trainers, user) ? train(request.body) : bare_status(403);
}

XcapAnswer ContentPages::train(std::string_view body) {
  const auto document = read_json_object(body, kMaxTrainingBody, {"corpus", "verdict", "text", "undo"});
  if (!document) {
    return mistake_page(400, document.error());
  }
  const std::string corpus = text_of(*document, "corpus");
  if (!is_among(options_.corpora, corpus)) {
    return mistake_page(404, "there is no such corpus");
  }
  const std::string verdict = text_of(*document, "verdict");
  if (verdict != "spam" && verdict != "ham") {
    return mistake_page(400, "verdict is spam or ham");
  }
  const std::string text = text_of(*document, "text");
  if (text.empty() || !sip::detail::is_utf8(text)) {
    return mistake_page(400, "text is some text");
  }
  const auto undo = document->find("undo");
  if (undo != document->end() && !undo->is_boolean()) {
    return mistake_page(400, "undo is true or false");
  }
  const int weight = undo != document->end() && undo->get<bool>() ? -1 : 1;
  const auto trained =
      store_->train(corpus, text, verdict == "spam" ? Label::spam : Label::ham, weight, options_.now() / kDay);
  return trained ? bare_status(204) : broken_store("content", trained.error());
}

}  // namespace stirline::control::content
