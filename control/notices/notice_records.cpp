#include "control/notices/notice_records.hpp"

#include <string>
#include <vector>

#include "config/wire/call_record.hpp"

namespace stirline::control {

namespace wire = config::wire;

namespace {

NoticeDeed deed_of(const wire::CallRecord& record) {
  using config::policy::Handling;
  if (record.decision == wire::Decision::answered) {
    return NoticeDeed::answered;
  }
  switch (record.handling) {
    case Handling::allow_marked:
      return NoticeDeed::marked;
    case Handling::forward:
    case Handling::challenge:  // by a test that calls are sent to
      return NoticeDeed::sent_off;
    default:
      return NoticeDeed::passed;
  }
}

// Of a text that was longer nobody knows whose identity the rest of it is.
bool is_whole(const wire::CallRecord& record, std::string_view identity) {
  return !identity.empty() && (!record.cut || identity.size() < wire::kMaxRecordIdentity);
}

}  // namespace

void take_notices(std::string_view payload, NoticeDesk& desk) {
  std::vector<Notice> notices;
  while (!payload.empty()) {
    const auto record = wire::decode_record(payload);
    if (!record) {
      break;
    }
    if (!record->notify) {
      continue;
    }
    if (!is_whole(*record, record->target)) {
      ++desk.tallies().nobody;
      continue;
    }
    const bool is_shown = !record->withheld && is_whole(*record, record->orig);
    const std::string_view caller = is_shown ? record->orig : record->withheld ? kAnonymousCaller : kUnknownCaller;
    notices.push_back({.user = std::string(record->target),
                       .caller = std::string(caller),
                       .known = record->known_caller && is_shown,
                       .method = std::string(record->method),
                       .deed = deed_of(*record),
                       .status = record->status,
                       .rule = std::string(record->rule),
                       .at = record->time});
  }
  desk.take(notices);
}

}  // namespace stirline::control
