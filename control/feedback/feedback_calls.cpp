#include "control/feedback/feedback_calls.hpp"

#include "config/wire/call_record.hpp"

namespace stirline::control {

namespace wire = config::wire;

namespace {

bool reached_its_user(const wire::CallRecord& record) {
  const bool went_on = record.decision == wire::Decision::judged || record.decision == wire::Decision::undecided ||
                       record.decision == wire::Decision::passed;
  return went_on && record.flow == wire::Flow::from_peer && !record.challenged &&
         (record.method == "INVITE" || record.method == "MESSAGE");
}

// As statistics have it: only what attests the number itself makes an identity (SPIT-FW-02).
bool is_shown(const wire::CallRecord& record) {
  return record.known_caller ||
         (record.verdict == crypto::Verdict::valid && (record.attest == 'A' || record.attest == 0));
}

}  // namespace

void note_calls(std::string_view payload, FeedbackDesk& desk) {
  while (!payload.empty()) {
    const auto record = wire::decode_record(payload);
    if (!record) {
      return;
    }
    const std::string_view called = record->target.empty() ? record->dest : record->target;
    if (reached_its_user(*record) && !record->cut && !record->orig.empty() && !called.empty()) {
      desk.note_call({.called = called,
                      .caller = record->orig,
                      .trunk = record->trunk,
                      .call_id = record->call_id,
                      .shown = is_shown(*record),
                      .core = record->core,
                      .at = record->time});
    }
  }
}

}  // namespace stirline::control
