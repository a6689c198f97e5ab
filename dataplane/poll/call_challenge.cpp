// Calls that rules send somewhere else, and what control does for the called user: it keeps the result of a challenge,
// be it consent or a test whether a person calls, and tells him of calls (SPIT-MK-04, SPIT-CO-01, SPIT-PY-02,
// SPIT-PL-03). Such requests are recorded with the called one as control knows him; nothing is kept here (SPIT-MK-05).
#include "dataplane/poll/call_stage.hpp"
#include "sip_parser/headers/privacy.hpp"

namespace stirline::dataplane {

namespace {

// Whatever is asked for, and whatever is asked for unreadably: who calls is not told to people then.
bool withholds_caller(const sip::Message& message, std::string_view octets) {
  const auto privacy = sip::read_privacy(message, octets);
  return !privacy || (privacy->present && !privacy->none) || crypto::is_anonymous(octets, message.from().uri);
}

}  // namespace

DecisionRecorder::ForCalled CallStage::for_called(std::string_view octets, const Trunk& trunk, const Ruling& ruling) {
  DecisionRecorder::ForCalled what{.handling = ruling.handling};
  if (ruling.kept || ruling.notify) {
    called_ = crypto::extract_target(message_, octets, trunk.sign_policy.dial_plan);
    what.called = called_.number ? called_.number->view() : called_.uri.view();
    what.challenged = ruling.kept;
    what.notify = ruling.notify;
    what.withheld = ruling.notify && withholds_caller(message_, octets);
  }
  return what;
}

DecisionRecorder::ForCalled CallStage::for_called(const Slot& slot, const Ruling& ruling) {
  const std::string_view octets = slot.datagram.payload();
  const bool is_asked = ruling.kept || ruling.notify;
  return is_asked && message_.parse(octets) ? for_called(octets, *slot.trunk, ruling)
                                            : DecisionRecorder::ForCalled{.handling = ruling.handling};
}

CallStage::Ruling CallStage::redirected(Ruling ruling, const Trunk& trunk) {
  if (!ruling.target.empty() && trunk.config.redirect == config::tables::Redirect::moved) {
    ruling.answer = config::tables::Answer::redirected;
  }
  return ruling;
}

std::uint16_t CallStage::detail_of(const Ruling& ruling, std::string_view octets) {
  if (ruling.answer == config::tables::Answer::redirected && !ruling.target.empty()) {
    return answers_.keep_target(message_, octets, ruling.target);
  }
  return ruling.phrase.empty() ? ruling.detail : answers_.keep_phrase(message_, octets, ruling.phrase);
}

}  // namespace stirline::dataplane
