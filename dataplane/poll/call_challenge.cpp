// Calls that rules send somewhere else, and challenges whose result control keeps: consent of the called user, a test
// whether a person calls (SPIT-MK-04, SPIT-CO-01, SPIT-PY-02). Their requests are recorded with the called one as
// control knows him; nothing is kept here (SPIT-MK-05).
#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

std::string_view CallStage::called_if_challenged(std::string_view octets, const Trunk& trunk, const Ruling& ruling) {
  if (!ruling.kept) {
    return {};
  }
  challenged_ = crypto::extract_target(message_, octets, trunk.sign_policy.dial_plan);
  return challenged_.number ? challenged_.number->view() : challenged_.uri.view();
}

std::string_view CallStage::called_if_challenged(const Slot& slot, const Ruling& ruling) {
  const std::string_view octets = slot.datagram.payload();
  return ruling.kept && message_.parse(octets) ? called_if_challenged(octets, *slot.trunk, ruling) : std::string_view();
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
