#include "control/permissions/challenge_records.hpp"

#include <string>

#include "config/wire/call_record.hpp"

namespace stirline::control {

namespace wire = config::wire;

namespace {

constexpr std::uint16_t kConsentNeeded = 470;

// The words of the condition sp:authentication.
std::string_view verdict_of(const wire::CallRecord& record) {
  if (record.verdict != crypto::Verdict::valid) {
    return "asserted";
  }
  return record.attest == 'A' ? "verified-A" : "signed";
}

}  // namespace

void take_challenges(std::string_view payload, PermissionDesk& desk) {
  while (!payload.empty()) {
    const auto record = wire::decode_record(payload);
    if (!record) {
      return;
    }
    if (!record->challenged) {
      continue;
    }
    if (!record->known_caller || record->cut || record->orig.empty() || record->target.empty()) {
      ++desk.tallies().nobody;
      continue;
    }
    const std::string called(record->target);
    const std::string caller(record->orig);
    if (record->status == kConsentNeeded) {
      desk.ask(called, caller, verdict_of(*record));
    } else {
      desk.expect_test(std::string(record->call_id), called, caller);
    }
  }
}

}  // namespace stirline::control
